import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RequestError } from '../../base/errors.ts'
import { FakeRoot } from '../../linux/testing/fake-root.ts'
import { asking } from '../../refusal/testing/roots.ts'
import { FakeKmod } from '../testing/fake-kmod.ts'
import { bufferOf, KmodCalls, type KmodDevice, openKmodDevice } from './device.ts'
import * as api from './ioctl.ts'

let root: FakeRoot
let kmod: FakeKmod
let device: KmodDevice | undefined

beforeEach(() => {
  root = asking(new FakeRoot()).put('dev/physmem', '').put('proc/modules', '')
  kmod = new FakeKmod([{ start: 0x1000, length: 0x3000, kind: 'reserved', busy: true }])
})
afterEach(() => {
  device?.close()
  device = undefined
  root[Symbol.dispose]()
})

function open(): KmodDevice {
  device = openKmodDevice('write', root.system, kmod.ioctl)
  return device
}

const pci = '0012:03:1f.7'

describe('opening /dev/physmem', () => {
  it('says that the module is not loaded, and how to get it', () => {
    using empty = asking(new FakeRoot()).put('proc/modules', '')
    expect(() => openKmodDevice('read', empty.system)).toThrow(
      expect.objectContaining({
        name: 'RefusedError',
        code: 'EREFUSED_NO_KMOD',
        message: `${empty.at('dev/physmem')} cannot be opened for reading: the module of physmem is not loaded (ENOENT)`,
      }),
    )
  })

  it('takes no module of another interface', () => {
    kmod.version = 0
    expect(open).toThrow(
      `${root.at('dev/physmem')} cannot be used: the loaded module is of an older physmem (its interface is 0, expected 2)`,
    )
    kmod.version = 3
    expect(open).toThrow('of a newer physmem (its interface is 3, expected 2)')
  })

  it('takes no other device', () => {
    expect(() => openKmodDevice('read', root.system)).toThrow(
      `${root.at('dev/physmem')} cannot be used: this node does not belong to the module of physmem (ENOTTY)`,
    )
  })

  it('names a right that was given up meanwhile', () => {
    kmod.answers.set(api.GET_VERSION.code, 'EPERM')
    asking(root, { effective: '0' })
    expect(open).toThrow('this process lacks the capability CAP_SYS_RAWIO (EPERM)')
  })
})

describe('the calls', () => {
  it('tell what is at an address', () => {
    expect(open().rangeAt(0x1800, 0x10000)).toEqual({
      start: 0x1800,
      length: 0x2800,
      kind: 'reserved',
      caching: 'auto',
      buffer: false,
      busy: true,
      unusable: false,
    })
    expect(open().rangeAt(0, 0x100)).toMatchObject({ length: 0x100, kind: 'none', busy: false })
    kmod.ranges.push({ start: 0x8000, length: 0x1000, kind: 'ram', unusable: true })
    expect(open().rangeAt(0x8000, 1)).toMatchObject({ kind: 'ram', busy: false, unusable: true })
    kmod.answers.set(api.GET_RANGE.code, 'EINVAL')
    expect(() => open().rangeAt(0, 1)).toThrow(
      'what is at 0x00000000 is not known: the module said EINVAL',
    )
  })

  it('tell whether a mapping would do', () => {
    kmod.answers.set(api.CHECK_MAP.code, { refusal: 5, caching: 2, address: 0x2000n })
    expect(open().checkMap(0x1000, 0x2000, 'uncached')).toEqual({
      refusal: 'caching conflict',
      caching: 'write-combine',
      address: 0x2000,
    })
    expect(kmod.last(api.CHECK_MAP)).toMatchObject({ start: 0x1000n, length: 0x2000n, caching: 3 })
    kmod.answers.set(api.CHECK_MAP.code, 'EFAULT')
    expect(open().checkMap(0x1000, 0x2000)).toBeUndefined()
  })

  it('set the caching', () => {
    open().setCaching('write-combine')
    expect(kmod.last(api.SET_CACHING)).toEqual({ caching: 2 })
    kmod.answers.set(api.SET_CACHING.code, 'EOPNOTSUPP')
    expect(() => open().setCaching('write-combine')).toThrow(
      'does not map write-combine: this CPU has no such caching (EOPNOTSUPP)',
    )
    kmod.answers.set(api.SET_CACHING.code, 'EINVAL')
    expect(() => open().setCaching('uncached')).toThrow(
      'does not map uncached: the module said EINVAL',
    )
  })

  it('allocate', () => {
    kmod.answers.set(api.ALLOCATE.code, {
      length: 0x2000n,
      fd: 9,
      address: 0x7654_3000n,
      caching: 1,
    })
    expect(open().allocate(0x1001, 'auto', 2 ** 32, 0x10000)).toEqual({
      fd: 9,
      address: 0x7654_3000,
      length: 0x2000,
      caching: 'write-back',
    })
    expect(kmod.last(api.ALLOCATE)).toMatchObject({
      length: 0x1001n,
      below: 2n ** 32n,
      alignment: 0x10000n,
      caching: 0,
    })
    kmod.answers.set(api.ALLOCATE.code, 'ENOMEM')
    expect(() => open().allocate(4096, 'uncached', 0x1000)).toThrow(
      expect.objectContaining({
        name: 'RefusedError',
        code: 'ENOMEMORY',
        message:
          'a buffer of 4096 bytes below 0x1000 cannot be allocated: no run of free memory is long enough and meets the limits (ENOMEM)',
      }),
    )
    expect(() => open().allocate(4096, 'uncached', 2 ** 32, 0x10000)).toThrow(
      'a buffer of 4096 bytes below 0x100000000 at a multiple of 0x10000 cannot be allocated: no run of free memory is long enough and meets the limits (ENOMEM)',
    )
    root.put('proc/meminfo', 'MemTotal:        1048576 kB\n')
    expect(() => open().allocate(2 ** 31, 'uncached')).toThrow(
      "a buffer of 2147483648 bytes cannot be allocated: it is larger than this machine's memory (1024 MiB)",
    )
    kmod.answers.set(api.ALLOCATE.code, 'EINVAL')
    expect(() => open().allocate(4096, 'uncached')).toThrow(RequestError)
  })

  it('work on cache lines', () => {
    open().cache('flush', 0x1000, 64)
    expect(kmod.last(api.CACHE)).toEqual({ start: 0x1000n, length: 64n, operation: 3, flags: 0 })
    open().cache('invalidate', 0x1000, 64, true)
    expect(kmod.last(api.CACHE)).toMatchObject({ operation: 2, flags: api.CACHE_ANY_RAM })
    kmod.answers.set(api.CACHE.code, 'EPERM')
    expect(() => open().cache('invalidate', 0x1000, 64)).toThrow(
      `0x00001000..+0x40 (${root.at('dev/physmem')}): its cache lines were not invalidated: it is RAM that the kernel or a process may use`,
    )
  })

  it('say of device memory that it is never cached', () => {
    kmod.ranges.push({ start: 0x4000, length: 0x1000, kind: 'device' })
    kmod.answers.set(api.CACHE.code, 'EOPNOTSUPP')
    expect(() => open().cache('flush', 0x3000, 0x1001)).toThrow(
      expect.objectContaining({
        code: 'EREFUSED',
        message: `0x00003000..+0x1001 (${root.at('dev/physmem')}): its cache lines were not flushed: it is device memory, which is never cached (EOPNOTSUPP)`,
      }),
    )
    expect(() => open().cache('flush', 0x3000, 0x1000)).toThrow(
      'device memory is never cached, or the module does not know the caches of this CPU (EOPNOTSUPP)',
    )
  })

  it('translate addresses of the kernel', () => {
    kmod.answers.set(api.TRANSLATE.code, { address: 0x1234_5678n })
    expect(open().translate(0xffff_8880_1234_5678n)).toBe(0x1234_5678)
    expect(kmod.last(api.TRANSLATE).virtualAddress).toBe(0xffff_8880_1234_5678n)
    kmod.answers.set(api.TRANSLATE.code, 'EFAULT')
    expect(() => open().translate(1n)).toThrow(
      '0x1 has no physical address: the kernel has nothing there (EFAULT)',
    )
  })

  it('tell the address for a PCI function', () => {
    const all = 2n ** 64n - 1n
    kmod.answers.set(api.GET_DMA.code, { dmaAddress: 0xfffn << 32n, dmaMask: all, flags: 1 })
    expect(open().dma(pci, 0x1000, 64)).toEqual({
      dmaAddress: 0xfffn << 32n,
      dmaMask: all,
      iommu: true,
      coherent: false,
    })
    expect(kmod.last(api.GET_DMA)).toMatchObject({
      domain: 0x12,
      bus: 3,
      devfn: 0xff,
      address: 0x1000n,
      length: 64n,
    })
    kmod.answers.set(api.GET_DMA.code, 'ENODEV')
    expect(() => open().dma(pci)).toThrow(
      expect.objectContaining({
        name: 'RequestError',
        code: 'ENOPLACE',
        message: `${root.at('dev/physmem')} has no address for the PCI function 0012:03:1f.7: there is no such PCI function (ENODEV)`,
      }),
    )
  })

  it('tell what a buffer is', () => {
    kmod.answers.set(api.GET_BUFFER.code, { address: 0x5000n, length: 0x1000n, caching: 3 })
    const calls = new KmodCalls(9, 'buffer', root.system, kmod.ioctl)
    expect(bufferOf(calls)).toEqual({ address: 0x5000, length: 0x1000, caching: 'uncached' })
    kmod.answers.set(api.GET_BUFFER.code, 'ENOTTY')
    expect(() => bufferOf(calls)).toThrow(
      'buffer is not a buffer of the module: the module said ENOTTY',
    )
  })
})
