import { openSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RequestError } from '../base/errors.ts'
import * as api from '../kmod/client/ioctl.ts'
import { FakeKmod } from '../kmod/testing/fake-kmod.ts'
import { FakeRoot } from '../linux/testing/fake-root.ts'
import { hex } from '../memory/value.ts'
import { asking } from '../refusal/testing/roots.ts'
import { type AllocateOptions, allocateBuffer } from './allocate.ts'
import { PhysicalBuffer } from './buffer.ts'
import { allocateByKmod } from './kmod.ts'

const PCI = '0000:00:04.0'
const wanted = { length: 8000, caching: 'uncached', below: 2 ** 32, alignment: 0x10000 } as const
let root: FakeRoot
let kmod: FakeKmod

beforeEach(() => {
  root = asking(new FakeRoot()).put('dev/physmem', '').put('buffer', new Uint8Array(8192))
  root.put('proc/modules', '')
  kmod = new FakeKmod()
  const fd = openSync(root.at('buffer'), 'r+')
  kmod.answers.set(api.ALLOCATE.code, { length: 8192n, address: 0x7654_0000n, fd, caching: 3 })
})
afterEach(() => root[Symbol.dispose]())

const allocate = () =>
  new PhysicalBuffer(allocateByKmod(wanted, root.system, kmod.ioctl), wanted.below, root.files)

describe('a buffer of the kernel module', () => {
  it('is asked for, and known by its address', () => {
    using buffer = allocate()
    expect(buffer).toMatchObject({
      from: 'kmod',
      physicalAddress: 0x7654_0000,
      length: 8192,
      caching: 'uncached',
    })
    expect(kmod.last(api.ALLOCATE)).toMatchObject({
      length: 8000n,
      below: 2n ** 32n,
      alignment: 0x10000n,
      caching: 3,
    })
  })

  it('is accessed through its window', () => {
    using buffer = allocate()
    buffer.window.write32(8188, 0x12345678)
    expect(buffer.window).toMatchObject({ length: 8192, name: 'the buffer at 0x76540000' })
    expect(buffer.window.read16(8190)).toBe(0x1234)
    expect(() => buffer.window.read8(8192)).toThrow(RequestError)
  })

  it('is cleaned, flushed and invalidated by its offsets', () => {
    using buffer = allocate()
    buffer.clean()
    expect(kmod.last(api.CACHE)).toEqual({ start: 0n, length: 8192n, operation: 1, flags: 0 })
    buffer.flush(4096)
    expect(kmod.last(api.CACHE)).toMatchObject({ start: 4096n, length: 4096n, operation: 3 })
    buffer.invalidate(64, 128)
    expect(kmod.last(api.CACHE)).toMatchObject({ start: 64n, length: 128n, operation: 2 })
  })

  it.each([
    [-1, 1],
    [0, 0],
    [0, 8193],
    [8192, 1],
    [0.5, 1],
    [0, Number.NaN],
    [0, 2 ** 63],
  ])('has no %d..+%d to flush', (start, length) => {
    using buffer = allocate()
    expect(() => buffer.flush(start, length)).toThrow(
      `${length === 1 ? '1 byte' : `${length} bytes`} from ${hex(start)} ${length === 1 ? 'is' : 'are'} not inside the buffer: expected 1 byte or more from 0x0 to 0x2000`,
    )
    expect(kmod.last(api.CACHE)).toBeUndefined()
  })

  it('tells the address for a PCI function, and whether that is safe', () => {
    kmod.answers.set(api.GET_DMA.code, {
      dmaAddress: 0xffff_0000n,
      dmaMask: 0xffff_ffffn,
      flags: api.DMA_IOMMU | api.DMA_COHERENT,
    })
    using buffer = allocate()
    expect(buffer.dmaAddress('00:04.0')).toBe(0xffff_0000)
    expect(kmod.last(api.GET_DMA)).toMatchObject({ domain: 0, bus: 0, devfn: 0x20, address: 0n })
    expect(buffer.dmaSafety(PCI)).toEqual({
      verdict: 'safe',
      dmaAddress: 0xffff_0000,
      coherent: true,
      checks: [
        { what: 'pinned', result: 'yes', reason: 'the kernel module keeps it in place' },
        { what: 'contiguous', result: 'yes', reason: 'it was allocated in one piece' },
        {
          what: 'limit',
          result: 'yes',
          reason:
            'it ends at 0xffff1fff; the function reaches up to 0xffffffff (according to the module)',
        },
        {
          what: 'iommu',
          result: 'yes',
          reason: 'an IOMMU translates, and the kernel module has mapped it there',
        },
      ],
    })
    expect(() => buffer.dmaAddress('4.0')).toThrow('is not the address of a PCI function')
  })

  it('is not safe for a function that does not reach it', () => {
    kmod.answers.set(api.GET_DMA.code, 'ERANGE')
    using buffer = allocate()
    const message =
      'the buffer at 0x76540000 has no address for the PCI function 0000:00:04.0: it is beyond what the function can address (ERANGE)'
    expect(buffer.dmaSafety(PCI)).toMatchObject({
      verdict: 'unsafe',
      checks: [{}, {}, { what: 'limit', result: 'no', reason: message }],
    })
    expect(() => buffer.dmaAddress(PCI)).toThrow(message)
    kmod.answers.set(api.GET_DMA.code, 'EAGAIN')
    expect(buffer.dmaSafety(PCI)).toMatchObject({
      verdict: 'unknown',
      checks: [{}, {}, { what: 'iommu', result: 'unknown' }],
    })
    kmod.answers.set(api.GET_DMA.code, 'ENODEV')
    expect(() => buffer.dmaSafety(PCI)).toThrow('there is no such PCI function (ENODEV)')
    kmod.answers.set(api.GET_DMA.code, { dmaAddress: 0x7654_0000n, dmaMask: 0x7654_1ffen })
    expect(buffer.dmaSafety(PCI)).toMatchObject({
      verdict: 'unsafe',
      checks: [{}, {}, { what: 'limit', result: 'no' }, { what: 'iommu', result: 'yes' }],
    })
  })

  it('is safe for any device only where there is no IOMMU and a limit was asked for', () => {
    using buffer = allocate()
    expect(buffer.dmaSafety()).toMatchObject({
      verdict: 'safe',
      checks: [
        {},
        {},
        { what: 'limit', result: 'yes', reason: 'it ends below 0x100000000, as requested' },
        { what: 'iommu', result: 'yes', reason: 'no device here is behind an IOMMU' },
      ],
    })
    root.put('sys/kernel/iommu_groups/0/type', 'DMA\n')
    expect(buffer.dmaSafety()).toMatchObject({
      verdict: 'unknown',
      checks: [
        {},
        {},
        {},
        {
          what: 'iommu',
          result: 'unknown',
          reason: 'devices here are behind an IOMMU: name the PCI function',
        },
      ],
    })
    using other = new PhysicalBuffer(
      { ...allocateByKmod(wanted, root.system, kmod.ioctl), close: () => {} },
      0,
      root.files,
    )
    expect(other.dmaSafety().checks[2]).toEqual({
      what: 'limit',
      result: 'unknown',
      reason: 'the addresses that a device reaches are not known: name the PCI function',
    })
  })

  it('is gone after close', () => {
    const buffer = allocate()
    const { window } = buffer
    buffer.close()
    buffer.close()
    const closed = 'the buffer at 0x76540000 is closed'
    expect(() => buffer.window).toThrow(closed)
    expect(() => buffer.flush()).toThrow(closed)
    expect(() => buffer.dmaAddress(PCI)).toThrow(closed)
    expect(() => buffer.dmaSafety()).toThrow(closed)
    expect(() => window.read8(0)).toThrow('closed')
  })
})

describe('allocateBuffer', () => {
  it.each([
    [{ length: 0 }, 'a buffer of 0 bytes: expected 1 to 4503599627370496'],
    [{ length: 2 ** 63 }, 'a buffer of 9223372036854776000 bytes: expected 1 to 4503599627370496'],
    [{ length: -1 }, 'a buffer of -1 bytes'],
    [{ length: 1.5 }, 'a buffer of 1.5 bytes'],
    [
      { length: 1, belowAddress: -1 },
      'a buffer below -1: expected an address from 0x1 to 0x1fffffffffffff, or nothing for no limit',
    ],
    [
      { length: 1, belowAddress: 0 },
      'a buffer below 0x0: expected an address from 0x1 to 0x1fffffffffffff, or nothing for no limit',
    ],
    [{ length: 1, belowAddress: 0.5 }, 'a buffer below 0.5: expected an address from 0x1 to'],
    [
      { length: 1, alignment: 0 },
      'an alignment of 0x0: expected a power of two, up to 0x10000000000000',
    ],
    [{ length: 4097, belowAddress: 4096 }, 'a buffer of 4097 bytes does not fit below 0x00001000'],
    [
      { length: 1, alignment: 2 ** 60 },
      'an alignment of 0x1000000000000000: expected a power of two, up to 0x10000000000000',
    ],
    [{ length: 1, alignment: 3 }, 'an alignment of 0x3: expected a power of two'],
    [{ length: 1, alignment: 2 ** 49 + 1 }, 'expected a power of two'],
    [{ length: 1, alignment: -2 }, 'an alignment of -2: expected a power of two'],
    [{ length: 1, alignment: Number.NaN }, 'an alignment of NaN: expected a power of two'],
  ])('refuses %j before anything is opened', async (options, message) => {
    await expect(allocateBuffer(options)).rejects.toMatchObject({
      code: 'ERANGE',
      message: expect.stringContaining(message),
    })
  })

  it.each([
    ['4096', 'allocateBuffer takes an object such as { length: 4096 }, not "4096"'],
    [4096n, 'allocateBuffer takes an object such as { length: 4096 }, not 4096n'],
    [4096, 'allocateBuffer takes an object such as { length: 4096 }, not 4096'],
    [null, 'allocateBuffer takes an object such as { length: 4096 }, not null'],
    [undefined, 'allocateBuffer takes an object such as { length: 4096 }, not undefined'],
    [{}, 'length: expected a number, not undefined'],
    [{ length: undefined }, 'length: expected a number, not undefined'],
    [{ length: '4096' }, 'length: expected a number, not "4096"'],
    [{ length: 4096n }, 'length: expected a number, not 4096n'],
    [{ length: {} }, 'length: expected a number, not an object'],
    [{ length: null }, 'length: expected a number, not null'],
    [{ length: 1, belowAddress: 4096n }, 'belowAddress: expected a number, not 4096n'],
    [{ length: 1, caching: 3 }, 'caching: expected a string, not 3'],
    [{ length: 1, caching: [] }, 'caching: expected a string, not an array'],
    [{ length: 1, below: 5 }, 'allocateBuffer has no option below: did you mean belowAddress?'],
    [{ lenght: 1 }, 'allocateBuffer has no option lenght: did you mean length?'],
    [
      { length: 1, colour: 'red' },
      'allocateBuffer has no option colour: there are length, caching, belowAddress, alignment, from',
    ],
  ])('refuses %o, which is not a request', async (options, message) => {
    await expect(allocateBuffer(options as unknown as AllocateOptions)).rejects.toMatchObject({
      name: 'RequestError',
      code: 'EUSAGE',
      message,
    })
  })

  it('refuses words that it does not know', async () => {
    const options = { length: 1, caching: 'write-through' as 'uncached' }
    await expect(allocateBuffer(options)).rejects.toMatchObject({
      code: 'EUSAGE',
      message: 'caching: expected write-back, write-combine or uncached, not "write-through"',
    })
    await expect(allocateBuffer({ length: 1, from: 'cma' as 'kmod' })).rejects.toMatchObject({
      message: 'from: expected kmod or hugetlb, not "cma"',
    })
  })

  it('says why there is no module', async () => {
    using empty = asking(new FakeRoot()).put('proc/modules', '')
    await expect(allocateBuffer({ length: 1 }, empty.system)).rejects.toMatchObject({
      code: 'EREFUSED_NO_KMOD',
      data: { cure: 'build and load the module: physmem kmod build && physmem kmod load' },
    })
  })
})
