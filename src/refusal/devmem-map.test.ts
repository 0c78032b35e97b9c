import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeRoot } from '../linux/testing/fake-root.ts'
import { explainDevMemMap, explainDevMemRead } from './devmem-map.ts'
import { asking, built, CONFIG_FILE, DEBIAN, NO_MODULES } from './testing/roots.ts'
import { worded } from './testing/worded.ts'

const iomem = `00001000-0009fbff : System RAM
00100000-2ffdffff : System RAM
  01000000-01e01d31 : Kernel code
3f215040-3f21507f : serial
  3f215040-3f21507f : 3f215040.serial serial@7e215040
febc0000-febdffff : 0000:00:06.0
  febc0000-febdffff : e1000
fed00000-fed003ff : HPET 0
  fed00000-fed003ff : PNP0103:00
140000000-17fffffff : System RAM (virtio_mem)
`

let root: FakeRoot
beforeEach(() => {
  root = new FakeRoot().put('proc/iomem', iomem)
})
afterEach(() => root[Symbol.dispose]())

const explain = (errno: string, address: number, cpu = 'x64') =>
  worded(explainDevMemMap(errno, address, root.on(cpu)))

describe('RAM', () => {
  const ram = { file: '/proc/iomem', line: '00100000-2ffdffff : System RAM' }

  it('is protected by CONFIG_STRICT_DEVMEM', () => {
    expect(explain('EPERM', 0x100_0000)).toEqual({
      code: 'EREFUSED_STRICT_DEVMEM',
      reason:
        'it is RAM, which a kernel with CONFIG_STRICT_DEVMEM does not let /dev/mem reach (EPERM)',
      cure: `reserve the range at boot (memmap=), or use a kernel without CONFIG_STRICT_DEVMEM${NO_MODULES}`,
      cures: [
        'reserve the range at boot (memmap=)',
        `use a kernel without CONFIG_STRICT_DEVMEM${NO_MODULES}`,
      ],
      evidence: [ram],
    })
    expect(explain('EPERM', 0x1_4000_0000).code).toBe('EREFUSED_STRICT_DEVMEM')
    expect(explain('EPERM', 0x100_0000, 'arm64').cure).toBe(
      `reserve the range at boot (mem=, or reserved-memory in the device tree), or use a kernel without CONFIG_STRICT_DEVMEM${NO_MODULES}`,
    )
  })

  it('can be had by the kernel module, which stands first where it can be loaded', () => {
    asking(root).put('proc/modules', '')
    const rest = 'reserve the range at boot (memmap=), or use a kernel without CONFIG_STRICT_DEVMEM'
    expect(explain('EPERM', 0x100_0000)).toMatchObject({
      cure: `build and load the module: physmem kmod build && physmem kmod load; or ${rest}`,
      cures: [
        'build and load the module: physmem kmod build && physmem kmod load',
        'reserve the range at boot (memmap=)',
        'use a kernel without CONFIG_STRICT_DEVMEM',
      ],
    })
    root.put('proc/sys/kernel/modules_disabled', '1\n')
    expect(explain('EPERM', 0x100_0000).cure).toBe(
      `${rest}; the module of physmem would do, but cannot be loaded: loading modules is switched off until the next boot (EPERM)`,
    )
    root.put('proc/sys/kernel/modules_disabled', '0\n').folder('sys/module/physmem')
    expect(explain('EPERM', 0x100_0000).cure).toBe(rest)
  })

  it('is so with iomem=relaxed, too, which is said', () => {
    built(root).put('proc/cmdline', 'quiet iomem=strict iomem=relaxed\n')
    expect(explain('EPERM', 0x100_0000)).toMatchObject({
      code: 'EREFUSED_STRICT_DEVMEM',
      evidence: [
        ram,
        { file: CONFIG_FILE, line: 'CONFIG_STRICT_DEVMEM=y' },
        { file: '/proc/cmdline', line: 'iomem=relaxed' },
      ],
    })
  })

  it('is refused by x86 where the kernel has no CONFIG_STRICT_DEVMEM', () => {
    built(root, '# CONFIG_STRICT_DEVMEM is not set\nCONFIG_DEVMEM=y\n')
    expect(explain('EINVAL', 0x100_0000)).toEqual({
      code: 'EREFUSED_PAT',
      reason: 'it is RAM, and the page attribute table forbids a second mapping of it (EINVAL)',
      cure: `boot with nopat${NO_MODULES}`,
      cures: [`boot with nopat${NO_MODULES}`],
      evidence: [ram, { file: CONFIG_FILE, line: '# CONFIG_STRICT_DEVMEM is not set' }],
    })
  })
})

describe('a claimed region', () => {
  const cure = 'unbind its driver, or boot with iomem=relaxed'

  it('is named', () => {
    expect(explain('EPERM', 0xfed0_0010)).toEqual({
      code: 'EREFUSED_BUSY',
      reason:
        '"PNP0103:00" claims it, and CONFIG_IO_STRICT_DEVMEM protects claimed regions (EPERM)',
      cure,
      cures: ['unbind its driver', 'boot with iomem=relaxed'],
      evidence: [{ file: '/proc/iomem', line: 'fed00000-fed003ff : PNP0103:00' }],
    })
  })

  it('says how to unbind the driver of a PCI function', () => {
    const card = 'sys/bus/pci/devices/0000:00:06.0'
    root.folder(card).link(`${card}/driver`, '../../../bus/pci/drivers/e1000')
    expect(explain('EPERM', 0xfebc_0000)).toMatchObject({
      reason: '"e1000" claims it, and CONFIG_IO_STRICT_DEVMEM protects claimed regions (EPERM)',
      cure: 'unbind it: echo 0000:00:06.0 > /sys/bus/pci/drivers/e1000/unbind, or boot with iomem=relaxed',
    })
  })

  it('says how to unbind the driver of a platform device', () => {
    const device = 'sys/bus/platform/devices/3f215040.serial'
    root.folder(device).link(`${device}/driver`, '../../../bus/platform/drivers/bcm2835-aux-uart')
    expect(explain('EPERM', 0x3f21_5040).cure).toBe(
      'unbind it: echo 3f215040.serial > /sys/bus/platform/drivers/bcm2835-aux-uart/unbind, or boot with iomem=relaxed',
    )
  })

  it('tells it of a device whose region has the name of its node', () => {
    const lines = '09010000-09010fff : pl031@9010000\n  09010000-09010fff : rtc-pl031\n'
    root.put('proc/iomem', lines)
    const device = 'sys/bus/amba/devices/9010000.pl031'
    root.folder(device).link(`${device}/driver`, '../../../bus/amba/drivers/rtc-pl031')
    const unbind = 'unbind it: echo 9010000.pl031 > /sys/bus/amba/drivers/rtc-pl031/unbind'
    expect(explain('EPERM', 0x901_0000)).toMatchObject({
      cure: `${unbind}, or boot with iomem=relaxed`,
      cures: [unbind, 'boot with iomem=relaxed', 'bind 9010000.pl031 to a UIO driver instead'],
    })
  })

  it('is exclusive where only its own driver asks for it', () => {
    built(root, DEBIAN.replace('CONFIG_IO_STRICT_DEVMEM=y', ''))
    expect(explain('EPERM', 0xfed0_0010)).toMatchObject({
      reason: '"PNP0103:00" claims it, and its driver claims it exclusively (EPERM)',
    })
  })

  it('is exclusive where iomem=relaxed does not help', () => {
    root.put('proc/cmdline', 'iomem=relaxed')
    expect(explain('EPERM', 0xfed0_0010)).toEqual({
      code: 'EREFUSED_BUSY',
      reason: '"PNP0103:00" is exclusive to the kernel, even with iomem=relaxed (EPERM)',
      evidence: [
        { file: '/proc/iomem', line: 'fed00000-fed003ff : PNP0103:00' },
        { file: '/proc/cmdline', line: 'iomem=relaxed' },
      ],
    })
  })
})

describe('what arm64 has no addresses for', () => {
  const impossible = 0xf_ffff_ffff_f000

  it('is beyond the bits that the kernel was built for', () => {
    built(root, 'CONFIG_ARM64=y\nCONFIG_ARM64_PA_BITS=48\n')
    expect(explain('EINVAL', impossible, 'arm64')).toEqual({
      code: 'EREFUSED',
      reason: 'it is beyond the physical addresses of this kernel, which have 48 bits (EINVAL)',
      evidence: [{ file: CONFIG_FILE, line: 'CONFIG_ARM64_PA_BITS=48' }],
    })
    expect(explain('EINVAL', 0xfed0_0000, 'arm64').reason).toBe('mmap failed with EINVAL')
  })

  it('is said with less certainty where no configuration is known', () => {
    expect(explain('EINVAL', impossible, 'arm64')).toEqual({
      code: 'EREFUSED',
      reason:
        'it is beyond the physical addresses of this kernel, which have mostly 48 bits (EINVAL)',
      evidence: [],
    })
  })
})

describe('what arm has no addresses for', () => {
  const beyond = (bits: string) =>
    `it is beyond the physical addresses of this kernel, which have ${bits} bits (EINVAL)`

  it.each([
    ['CONFIG_ARM_LPAE=y', '40', 0x100_0000_0000],
    ['# CONFIG_ARM_LPAE is not set', '32', 0x1_0000_0000],
  ])('is beyond the bits of a kernel with %s', (line, bits, address) => {
    built(root, `CONFIG_ARM=y\n${line}\n`)
    expect(explain('EINVAL', address, 'arm')).toEqual({
      code: 'EREFUSED',
      reason: beyond(bits),
      evidence: [{ file: CONFIG_FILE, line }],
    })
    expect(explain('EINVAL', address / 2, 'arm').reason).toBe('mmap failed with EINVAL')
  })

  it('is said with less certainty where no configuration is known', () => {
    expect(explain('EINVAL', 0x1_0000_0000, 'arm')).toEqual({
      code: 'EREFUSED',
      reason: beyond('mostly 32'),
      evidence: [],
    })
  })
})

describe('what the kernel maps cached', () => {
  const reason =
    'the kernel maps it cached, and x86 allows no uncached mapping beside that (EAGAIN)'
  const cure = 'map it cached, as physmem read does: /dev/mem opened without O_SYNC'

  it('is refused by x86, as the log of the kernel shows', () => {
    root.put('proc/iomem', `${iomem}2ffe0000-2fffffff : Reserved\n`)
    const region = { file: '/proc/iomem', line: '2ffe0000-2fffffff : Reserved' }
    const base = { code: 'EREFUSED_MEMTYPE', reason, cure }
    expect(explain('EAGAIN', 0x2ffe_0000)).toEqual({ ...base, evidence: [region] })
    const said = (name: string, pages: string) =>
      `x86/PAT: ${name} map pfn expected mapping type uncached-minus for [mem ${pages}], got write-back`
    const right = said('node:91', '0x2ffe0000-0x2ffe0fff')
    const log = [right, said('dd:99', '0x2ffe1000-0x2ffe1fff'), 'x86/PAT: other']
    root.put('dev/kmsg', log.map((line) => `3,1,10,-;${line}\n`).join(''))
    const evidence = [region, { file: '/dev/kmsg', line: right }]
    expect(explain('EAGAIN', 0x2ffe_0ffc)).toEqual({ ...base, evidence })
    expect(explain('EAGAIN', 0x2ffe_2000)).toEqual({ ...base, evidence: [region] })
  })

  it('is none of another CPU', () => {
    expect(explain('EAGAIN', 0x2ffe_0000, 'arm64')).toEqual({
      code: 'EREFUSED',
      reason: 'mmap failed with EAGAIN',
    })
  })
})

describe('what is not known', () => {
  const unknown = {
    code: 'EREFUSED_STRICT_DEVMEM',
    reason: 'CONFIG_STRICT_DEVMEM forbids it: RAM, or a region that a driver claims (EPERM)',
    cure: `for a region that a driver claims, unbind the driver or boot with iomem=relaxed; for RAM,${NO_MODULES.slice(1)}`,
  }

  it('is said: either RAM, or claimed', () => {
    expect(explain('EPERM', 0xe000_0000)).toEqual({ ...unknown, evidence: [] })
    root.put('proc/iomem', '00000000-00000000 : System RAM\n')
    expect(explain('EPERM', 0x100_0000)).toEqual({
      ...unknown,
      evidence: [{ file: '/proc/iomem', line: 'all addresses are 0: they are hidden' }],
    })
  })

  it('is said plainly for another errno', () => {
    expect(explain('ENOMEM', 0).reason).toBe('mmap failed with ENOMEM')
    expect(explain('EINVAL', 0xfed0_0000).reason).toBe('mmap failed with EINVAL')
  })

  it('never throws, whatever the kernel says', () => {
    const errno = fc.oneof(fc.constantFrom('EPERM', 'EINVAL'), fc.string())
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), errno, fc.maxSafeNat(), (text, name, address) => {
        root.put('proc/iomem', text)
        expect(explain(name, address).reason).not.toBe('')
      }),
      { numRuns: 25 },
    )
  })
})

describe('read() of /dev/mem', () => {
  it('is refused as mmap is, and never reaches device memory', () => {
    const read = (errno: string) => explainDevMemRead(errno, 0x100_0000, root.system)
    expect(read('EPERM').code).toBe('EREFUSED_STRICT_DEVMEM')
    expect(read('EFAULT').reason).toBe(
      'read() reaches RAM only, and not all of it: device memory must be mapped (EFAULT)',
    )
    expect(read('EIO').reason).toBe('read failed with EIO')
  })
})
