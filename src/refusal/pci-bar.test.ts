import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeRoot } from '../linux/testing/fake-root.ts'
import { explainBarMap, explainBarOpen } from './pci-bar.ts'
import { asking, built, CONFIG_FILE } from './testing/roots.ts'
import { worded } from './testing/worded.ts'

const card = '0000:00:06.0'
let root: FakeRoot
beforeEach(() => {
  root = new FakeRoot().pci(card, '0xfebc0000 0xfebdffff 0x40200')
})
afterEach(() => root[Symbol.dispose]())

const explain = (errno: string) => worded(explainBarMap(errno, card, 0, root.system))

describe('why a BAR cannot be mapped', () => {
  it('is the driver that claims it', () => {
    root.link(`sys/bus/pci/devices/${card}/driver`, '../../../bus/pci/drivers/e1000')
    root.put('proc/iomem', `febc0000-febdffff : ${card}\n  febc0000-febdffff : e1000\n`)
    built(root)
    const unbind = `unbind it: echo ${card} > /sys/bus/pci/drivers/e1000/unbind`
    expect(explain('EINVAL')).toEqual({
      code: 'EREFUSED_BUSY',
      reason:
        'the driver e1000 claims it, and CONFIG_IO_STRICT_DEVMEM protects claimed regions (EINVAL)',
      cure: `${unbind}, or boot with iomem=relaxed`,
      cures: [
        unbind,
        'boot with iomem=relaxed',
        `bind ${card} to vfio-pci or a UIO driver (uio_pci_generic) instead`,
      ],
      evidence: [
        { file: `/sys/bus/pci/devices/${card}/driver`, line: 'e1000' },
        { file: '/proc/iomem', line: 'febc0000-febdffff : e1000' },
        { file: CONFIG_FILE, line: 'CONFIG_IO_STRICT_DEVMEM=y' },
      ],
    })
  })

  it('is another part of the kernel that claims it', () => {
    root.put('proc/iomem', `febc0000-febdffff : ${card}\n  febc0000-febcffff : simplefb\n`)
    expect(explain('EINVAL')).toMatchObject({
      code: 'EREFUSED_BUSY',
      reason: '"simplefb" claims it, and CONFIG_IO_STRICT_DEVMEM protects claimed regions (EINVAL)',
      cure: 'boot with iomem=relaxed',
    })
  })

  it('is lockdown', () => {
    root.lockdown('none integrity [confidentiality]')
    expect(explain('EPERM')).toMatchObject({
      code: 'EREFUSED_LOCKDOWN',
      reason: 'the kernel is locked down (confidentiality), most likely by Secure Boot (EPERM)',
    })
  })

  it.each([
    ['EPERM', 'the kernel is locked down, or forbids it (EPERM)'],
    ['ENODEV', 'it is of I/O ports, which cannot be mapped (ENODEV)'],
    ['EINVAL', 'mmap failed with EINVAL'],
    ['EAGAIN', 'mmap failed with EAGAIN'],
  ])('says %s plainly, without driver and lockdown', (errno, reason) => {
    root.lockdown('[none] integrity confidentiality')
    expect(explain(errno)).toEqual({ code: 'EREFUSED', reason })
  })
})

describe('why the file of a BAR cannot be opened', () => {
  it('is its permissions, and who asks is shown', () => {
    asking(root, { uid: 1000, effective: '0000000000000000' })
    expect(explainBarOpen('EACCES', root.system)).toEqual({
      code: 'EPERMISSION',
      reason: 'its permissions do not allow it (EACCES)',
      cure: 'run it as root, or change the permissions',
      evidence: [{ file: '/proc/self/status', line: 'Uid:\t1000\t1000\t1000\t1000' }],
    })
  })

  it('is a security module where root is refused', () => {
    asking(root)
    expect(explainBarOpen('EACCES', root.system).reason).toBe(
      'a security module forbids it (EACCES)',
    )
    expect(explainBarOpen('EROFS', root.system).code).toBe('EPERMISSION')
  })
})
