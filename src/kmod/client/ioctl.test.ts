import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { noCompiler, numbersOf } from '../../engine/testing/header.ts'
import * as ioctl from './ioctl.ts'
import type { Members } from './struct.ts'

const header = fileURLToPath(new URL('../../../kmod/physmem.h', import.meta.url))

/** Requests by their names in the header, with the struct of each. */
const requests: Record<string, [request: ioctl.Request<Members>, struct: string]> = {
  GET_VERSION: [ioctl.GET_VERSION, 'physmem_version'],
  GET_RANGE: [ioctl.GET_RANGE, 'physmem_range'],
  CHECK_MAP: [ioctl.CHECK_MAP, 'physmem_check'],
  ALLOCATE: [ioctl.ALLOCATE, 'physmem_allocate'],
  GET_BUFFER: [ioctl.GET_BUFFER, 'physmem_buffer'],
  CACHE: [ioctl.CACHE, 'physmem_cache'],
  TRANSLATE: [ioctl.TRANSLATE, 'physmem_translate'],
  GET_DMA: [ioctl.GET_DMA, 'physmem_dma'],
}

const upper = (word: string) => word.toUpperCase().replace(/[ -]/g, '_')
const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** Numbers by their names in the header. */
function expected(): Record<string, number> {
  const numbers: Record<string, number> = {
    PHYSMEM_API_VERSION: ioctl.API_VERSION,
    PHYSMEM_SET_CACHING: ioctl.SET_CACHING.code,
    PHYSMEM_RANGE_BUFFER: ioctl.RANGE_BUFFER,
    PHYSMEM_RANGE_BUSY: ioctl.RANGE_BUSY,
    PHYSMEM_RANGE_UNUSABLE: ioctl.RANGE_UNUSABLE,
    PHYSMEM_CACHE_ANY_RAM: ioctl.CACHE_ANY_RAM,
    PHYSMEM_DMA_IOMMU: ioctl.DMA_IOMMU,
    PHYSMEM_DMA_COHERENT: ioctl.DMA_COHERENT,
  }
  for (const list of [ioctl.CACHINGS, ioctl.KINDS, ioctl.REFUSALS]) {
    for (const [number, name] of list.entries()) numbers[`PHYSMEM_${upper(name)}`] = number
  }
  for (const [name, number] of Object.entries(ioctl.OPERATIONS)) {
    numbers[`PHYSMEM_${upper(name)}`] = number
  }
  for (const [name, [{ code, struct }, type]] of Object.entries(requests)) {
    numbers[`PHYSMEM_${name}`] = code
    numbers[`sizeof(struct ${type})`] = struct.size
    for (const [member, offset] of Object.entries(struct.offsets)) {
      numbers[`offsetof(struct ${type}, ${snake(member)})`] = offset
    }
  }
  return numbers
}

const skipped = noCompiler ? ` [skipped: ${noCompiler}]` : ''

describe('what the module understands', () => {
  it.skipIf(noCompiler)(`has the numbers, sizes and offsets of its header${skipped}`, () => {
    const numbers = expected()
    expect(numbersOf(header, Object.keys(numbers))).toEqual(numbers)
  })

  it('is all that the header has', () => {
    const text = readFileSync(header, 'utf8')
    const structs = [...text.matchAll(/^struct (\w+) \{/gm)].map(([, name]) => name)
    expect(Object.values(requests).map(([, name]) => name)).toEqual(structs)
    const bodies = [...text.matchAll(/^struct \w+ \{\n(.*?)^\};/gms)].map(([, body]) => body ?? '')
    const members = bodies.map((body) => [...body.matchAll(/^\t__\w+ (\w+);/gm)].map(([, m]) => m))
    expect(
      Object.values(requests).map(([{ struct }]) => Object.keys(struct.members).map(snake)),
    ).toEqual(members)
    const defined = [...text.matchAll(/^(?:#define |\t)(PHYSMEM_\w+) (?:= )?[\d_(]/gm)]
    const names = defined.map(([, name]) => name).filter((name) => name !== 'PHYSMEM_MAGIC')
    const requested = [...text.matchAll(/^#define (PHYSMEM_\w+) _IO/gm)].map(([, name]) => name)
    const known = Object.keys(expected()).filter((name) => name.startsWith('PHYSMEM_'))
    expect(known.sort()).toEqual([...new Set([...names, ...requested])].sort())
  })
})

describe('a struct', () => {
  it('becomes bytes and comes back, whatever its members are', () => {
    const { struct } = ioctl.GET_DMA
    const u64 = fc.bigInt(0n, 2n ** 64n - 1n)
    const u32 = fc.integer({ min: 0, max: 0xffff_ffff })
    const values = fc.record({
      domain: u32,
      bus: fc.integer({ min: 0, max: 255 }),
      devfn: fc.integer({ min: 0, max: 255 }),
      reserved: fc.integer({ min: 0, max: 0xffff }),
      address: u64,
      length: u64,
      dmaAddress: u64,
      dmaMask: u64,
      flags: u32,
      reserved2: u32,
    })
    fc.assert(
      fc.property(values, (one) => {
        const bytes = struct.encode(one)
        expect(bytes).toHaveLength(struct.size)
        expect(struct.decode(bytes)).toEqual(one)
      }),
    )
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), (fd) => {
        const { struct: allocate } = ioctl.ALLOCATE
        expect(allocate.decode(allocate.encode({ fd })).fd).toBe(fd)
      }),
    )
  })

  it('takes no value that its member cannot hold', () => {
    const { struct } = ioctl.GET_DMA
    expect(() => struct.encode({ bus: 256 })).toThrow('256 does not fit u8')
    expect(() => struct.encode({ reserved: -1 })).toThrow('-1 does not fit u16')
    expect(() => struct.encode({ flags: 2 ** 32 })).toThrow('4294967296 does not fit u32')
    expect(() => struct.encode({ address: 2n ** 64n })).toThrow('does not fit u64')
    expect(() => ioctl.ALLOCATE.struct.encode({ fd: 2 ** 31 })).toThrow('does not fit s32')
  })
})
