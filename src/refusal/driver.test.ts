import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeRoot } from '../linux/testing/fake-root.ts'
import { explainBind, explainConfig, explainUnbind, noSuchDriver } from './driver.ts'
import { asking } from './testing/roots.ts'
import { worded } from './testing/worded.ts'
import { explainInterrupts } from './uio.ts'

const card = '0000:00:06.0'
let root: FakeRoot
beforeEach(() => {
  root = new FakeRoot().folder(`sys/bus/pci/devices/${card}`)
})
afterEach(() => root[Symbol.dispose]())

const reason = (errno: string, driver = 'e1000') => explainBind(errno, card, driver, root.system)

describe('why a driver is not bound', () => {
  it('is that there is none of this name', () => {
    root.put('proc/modules', '')
    expect(
      worded(noSuchDriver('uio_pci_generik', ['e1000', 'uio_pci_generic'], root.system)),
    ).toEqual({
      code: 'ENOPLACE',
      reason:
        'the kernel has no PCI driver of this name, or has not loaded it; did you mean uio_pci_generic?',
      cure: 'modprobe uio_pci_generik',
    })
  })

  it('is that there is none, and that the kernel loads none', () => {
    expect(noSuchDriver('foo', ['e1000'], root.system)).toEqual({
      code: 'ENOPLACE',
      reason:
        'the kernel has no PCI driver of this name, and the kernel was built without CONFIG_MODULES (ENOSYS)',
      cure: 'use a kernel with CONFIG_MODULES=y',
      evidence: [{ file: '/proc/modules', line: 'does not exist' }],
    })
  })

  it('is the permissions of the files', () => {
    asking(root, { uid: 1000, effective: '0' })
    const refusal = {
      code: 'EPERMISSION',
      reason: 'its permissions do not allow it (EACCES)',
      cure: 'run it as root',
      evidence: [{ file: '/proc/self/status', line: 'Uid:\t1000\t1000\t1000\t1000' }],
    }
    expect(reason('EACCES')).toEqual(refusal)
    expect(explainUnbind('EACCES', root.system)).toEqual(refusal)
    expect(explainConfig('EACCES', root.system)).toEqual(refusal)
    expect(reason('EROFS').reason).toBe('its file system is mounted read-only (EROFS)')
  })

  it('is a line that cannot be masked', () => {
    expect(reason('ENODEV', 'uio_pci_generic')).toEqual({
      code: 'EREFUSED',
      reason: 'it has no interrupt line that can be masked, which this driver needs (ENODEV)',
      cure: 'bind it to vfio-pci, which also takes message interrupts',
    })
  })

  it('is the lack of an IOMMU', () => {
    expect(reason('EINVAL', 'vfio-pci')).toEqual({
      code: 'EREFUSED',
      reason: 'it is not behind an IOMMU, which this driver needs (EINVAL)',
      cure: 'switch the IOMMU on (intel_iommu=on, or in the firmware), or bind it to uio_pci_generic',
    })
    root.link(`sys/bus/pci/devices/${card}/iommu_group`, '../../kernel/iommu_groups/1')
    expect(reason('EINVAL', 'vfio-pci').reason).toBe('the driver failed with EINVAL')
  })

  it.each([
    ['ENODEV', 'the driver does not accept it (ENODEV)'],
    ['EBUSY', 'something in the kernel uses it (EBUSY)'],
    ['ENOMEM', 'the driver failed with ENOMEM'],
  ])('is %s', (errno, text) => {
    expect(reason(errno)).toMatchObject({ code: 'EREFUSED', reason: text })
  })
})

describe('why the configuration space cannot be written', () => {
  it('is lockdown', () => {
    expect(explainConfig('EPERM', root.system).reason).toBe('the kernel does not permit it (EPERM)')
    root.lockdown('none [integrity] confidentiality')
    expect(explainConfig('EPERM', root.system).code).toBe('EREFUSED_LOCKDOWN')
  })
})

describe('why no interrupt can be waited for', () => {
  it('is that the device is gone, or that it has none', () => {
    expect(explainInterrupts('EIO', false)).toEqual({
      code: 'EIO',
      reason: 'its driver was unbound, or it was removed (EIO)',
    })
    expect(explainInterrupts('EIO', true)).toEqual({
      code: 'EREFUSED',
      reason: 'it has no interrupt (EIO)',
    })
    expect(explainInterrupts('EFAULT', true).reason).toBe('the driver answered EFAULT')
  })
})
