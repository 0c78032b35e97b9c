import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { kcoreHeaderLength, parseKcoreHeaders, readKcoreHeaders } from './kcore.ts'
import { FakeRoot } from './testing/fake-root.ts'

interface Header {
  type?: number
  offset: bigint
  virtual: bigint
  physical: bigint
  length: bigint
}

/** An ELF core file with these program headers, of 64 bits. */
function elf64(headers: Header[], little = true): Uint8Array {
  const bytes = new Uint8Array(64 + 56 * headers.length)
  const view = new DataView(bytes.buffer)
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, little ? 1 : 2, 1])
  view.setBigUint64(32, 64n, little)
  view.setUint16(54, 56, little)
  view.setUint16(56, headers.length, little)
  for (const [index, { type = 1, offset, virtual, physical, length }] of headers.entries()) {
    const at = 64 + 56 * index
    view.setUint32(at, type, little)
    for (const [field, value] of [offset, virtual, physical, length, length].entries()) {
      view.setBigUint64(at + 8 + 8 * field, value, little)
    }
  }
  return bytes
}

function elf32(headers: Header[], little = true): Uint8Array {
  const bytes = new Uint8Array(52 + 32 * headers.length + 12)
  const view = new DataView(bytes.buffer)
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 1, little ? 1 : 2, 1])
  view.setUint32(28, 52, little)
  view.setUint16(42, 32, little)
  view.setUint16(44, headers.length, little)
  for (const [index, { type = 1, offset, virtual, physical, length }] of headers.entries()) {
    const at = 52 + 32 * index
    const fields = [BigInt(type), offset, virtual, physical, length, length]
    for (const [field, value] of fields.entries())
      view.setUint32(at + 4 * field, Number(value), little)
  }
  return bytes
}

const note = { type: 4, offset: 0x200n, virtual: 0n, physical: 0n, length: 0x100n }
const vmalloc = {
  offset: 0x7fff_c000_0000_3000n,
  virtual: 0xffff_c000_0000_0000n,
  physical: 2n ** 64n - 1n,
  length: 0x1fff_ffff_ffffn,
}
const ram = {
  offset: 0x0888_8000_4000n,
  virtual: 0xffff_8888_0010_0000n,
  physical: 0x10_0000n,
  length: 0x2feb_0000n,
}

describe('parseKcoreHeaders', () => {
  it.each([true, false])('takes 64 bits, little endian: %s', (little) => {
    expect(parseKcoreHeaders(elf64([note, vmalloc, ram], little))).toEqual([
      { ...vmalloc, physical: undefined },
      ram,
    ])
  })

  it.each([true, false])('takes 32 bits, little endian: %s', (little) => {
    const low = { offset: 0x1000n, virtual: 0xc000_0000n, physical: 0x4000_0000n, length: 0x1000n }
    const none = { ...low, virtual: 0xf000_0000n, physical: 0xffff_ffffn }
    expect(parseKcoreHeaders(elf32([note, low, none], little))).toEqual([
      low,
      { ...none, physical: undefined },
    ])
  })

  it('believes no physical address of a kernel before 4.11, where all are 0', () => {
    const old = { ...ram, physical: 0n }
    const segments = parseKcoreHeaders(elf64([note, { ...vmalloc, physical: 0n }, old]))
    expect(segments.map(({ physical }) => physical)).toEqual([undefined, undefined])
  })

  it('believes 0 where another has an address', () => {
    const first = { ...ram, physical: 0n, virtual: 0xffff_8888_0000_0000n }
    const segments = parseKcoreHeaders(elf64([vmalloc, first, ram]))
    expect(segments.map(({ physical }) => physical)).toEqual([undefined, 0n, 0x10_0000n])
  })

  it('has none of what is not an ELF file, as in a container', () => {
    expect(parseKcoreHeaders(new Uint8Array())).toEqual([])
    expect(parseKcoreHeaders(new Uint8Array(4096))).toEqual([])
  })

  it.each([
    ['entries that are too small', 54, 55],
    ['entries that are too large', 54, 257],
    ['a table far from the start', 33, 0x2000],
  ])('has none where the first header tells of %s', (_, at, value) => {
    const bytes = elf64([note, vmalloc, ram])
    new DataView(bytes.buffer).setUint16(at, value, true)
    expect(parseKcoreHeaders(bytes)).toEqual([])
    expect(kcoreHeaderLength(bytes)).toBe(64)
  })

  it('leaves out headers that are cut off', () => {
    const bytes = elf64([note, vmalloc, ram])
    expect(parseKcoreHeaders(bytes.subarray(0, bytes.length - 1))).toHaveLength(1)
  })

  it('never throws on what is damaged', () => {
    const whole = [...elf64([note, vmalloc, ram])]
    const damage = fc.tuple(fc.nat(whole.length - 1), fc.nat(255))
    fc.assert(
      fc.property(fc.array(damage, { maxLength: 6 }), fc.nat(whole.length), (flips, length) => {
        const bytes = Uint8Array.from(whole)
        for (const [at, value] of flips) bytes[at] = value
        const start = bytes.subarray(0, length)
        expect(parseKcoreHeaders(start).length).toBeLessThanOrEqual(3)
        expect(kcoreHeaderLength(start)).toBeLessThan(2 ** 25)
      }),
      { numRuns: 500 },
    )
  })
})

describe('readKcoreHeaders', () => {
  it('reads the headers, and only them', () => {
    const headers = elf64([note, vmalloc, ram])
    using root = new FakeRoot().put('proc/kcore', new Uint8Array([...headers, ...headers]))
    expect(kcoreHeaderLength(headers.subarray(0, 64))).toBe(headers.length)
    expect(readKcoreHeaders(root.files)).toEqual(parseKcoreHeaders(headers))
  })

  it('has none where the file cannot be read, or is empty', () => {
    using root = new FakeRoot()
    expect(readKcoreHeaders(root.files)).toEqual([])
    root.put('proc/kcore', '')
    expect(readKcoreHeaders(root.files)).toEqual([])
  })
})
