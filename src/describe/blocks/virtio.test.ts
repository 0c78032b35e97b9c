import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { damaged, damageOf, type Listed, listOf, spaceOf } from '../pci/testing/capabilities.ts'
import { type VirtioStructure, virtioStructures } from './virtio.ts'

/** Configuration space with these bytes at these offsets. */
function config(parts: Readonly<Record<number, readonly number[]>>): Uint8Array {
  const bytes = new Uint8Array(256)
  for (const [at, values] of Object.entries(parts)) bytes.set(values, Number(at))
  return bytes
}

/** A vendor capability of 16 bytes: type, BAR, offset and length in units of 4 KiB. */
const structure = (next: number, type: number, bar: number, offset: number, length: number) => [
  ...[9, next, 16, type, bar, 0, 0, 0],
  ...[0, offset << 4, 0, 0],
  ...[0, length << 4, 0, 0],
]

/** The structures of these bytes, and the offsets of the words that are read for them. */
async function look(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const read: number[] = []
  const found = await virtioStructures(async (offset) => {
    read.push(offset)
    return view.getUint32(offset, true)
  }, bytes.length)
  return { found, read }
}

const HEADER = { 6: [0x10], 52: [0x40] }

describe('virtioStructures', () => {
  it('gives what the capabilities point to, in their order', async () => {
    const bytes = config({
      ...HEADER,
      64: structure(0x60, 1, 4, 0, 1),
      96: [0x11, 0x70, 0, 0], // MSI-X
      112: structure(0x84, 3, 4, 1, 1),
      132: structure(0, 4, 4, 2, 1),
    })
    expect((await look(bytes)).found).toEqual([
      { structure: 1, bar: 4, offset: 0, length: 0x1000 },
      { structure: 3, bar: 4, offset: 0x1000, length: 0x1000 },
      { structure: 4, bar: 4, offset: 0x2000, length: 0x1000 },
    ])
  })

  it.each([
    ['has no capabilities', config({ 52: [0x40], 64: structure(0, 1, 4, 0, 1) })],
    ['is shown in part', config({ ...HEADER, 64: structure(0, 1, 4, 0, 1) }).slice(0, 64)],
    [
      'is cut off in a capability',
      config({ ...HEADER, 64: structure(0, 1, 4, 0, 1) }).slice(0, 72),
    ],
    ['names a BAR that there is not', config({ ...HEADER, 64: structure(0, 1, 6, 0, 1) })],
    ['has a shorter capability', config({ ...HEADER, 64: [9, 0, 12, 1] })],
    ['is empty', new Uint8Array(0)],
  ])('gives nothing where it %s', async (_, bytes) => {
    expect((await look(bytes)).found).toEqual([])
  })

  it('ends where capabilities go in a circle', async () => {
    const bytes = config({ ...HEADER, 64: structure(0x40, 1, 4, 0, 1) })
    expect((await look(bytes)).found).toHaveLength(1)
  })

  it('reads no word of the window, whose data is an access to a BAR', async () => {
    const bytes = config({
      ...HEADER,
      64: structure(0x54, 5, 4, 0, 1),
      84: structure(0, 1, 4, 0, 1),
    })
    const { found, read } = await look(bytes)
    expect(found).toEqual([{ structure: 1, bar: 4, offset: 0, length: 0x1000 }])
    expect(read).toEqual([0x04, 0x34, 0x40, 0x54, 0x58, 0x5c, 0x60])
  })

  const structures = fc.tuple(
    fc.constantFrom(16, 20, 24, 12),
    fc.integer({ min: 0, max: 9 }),
    fc.oneof({ weight: 5, arbitrary: fc.nat(5) }, { weight: 1, arbitrary: fc.nat(255) }),
    fc.nat(0xffff_ffff),
    fc.nat(0xffff_ffff),
  )
  const words = structures.map(([size, type, bar, offset, length]) => {
    const bytes = new Uint8Array(14)
    const view = new DataView(bytes.buffer)
    bytes.set([size, type, bar])
    view.setUint32(6, offset, true)
    view.setUint32(10, length, true)
    return [...bytes]
  })
  const kinds = fc.oneof(
    { weight: 5, arbitrary: fc.constant(9) },
    { weight: 1, arbitrary: fc.constantFrom(1, 5, 0x10, 0x11) },
  )
  const list = listOf(kinds, words)

  /** As the specification has it, from what the capability was made of. */
  const told = ({ id, bytes }: Listed): VirtioStructure[] => {
    const view = new DataView(Uint8Array.from(bytes).buffer)
    const [size = 0, structure = 0, bar = 0] = bytes
    if (id !== 9 || size < 16 || structure === 5 || bar > 5) return []
    return [{ structure, bar, offset: view.getUint32(6, true), length: view.getUint32(10, true) }]
  }

  it('gives all structures of a list, wherever its capabilities are', async () => {
    await fc.assert(
      fc.asyncProperty(list, fc.nat(3), async (all, reserved) => {
        const { found, read } = await look(spaceOf(256, all, [], reserved))
        expect(found).toEqual(all.flatMap(told))
        // Of no capability more than its 16 bytes.
        const may = all.flatMap(({ start }) => [0, 4, 8, 12].map((at) => start + at))
        expect(read.filter((at) => at !== 0x04 && at !== 0x34 && !may.includes(at))).toEqual([])
        expect(new Set(read).size).toBe(read.length)
      }),
    )
  })

  it('takes a list that is damaged', async () => {
    await fc.assert(
      fc.asyncProperty(list, damageOf(256), async (all, changes) => {
        const bytes = damaged(spaceOf(256, all, [], 0), changes)
        const { found, read } = await look(bytes)
        expect(found.length).toBeLessThanOrEqual(48)
        expect(read.filter((offset) => offset % 4 !== 0 || offset + 4 > bytes.length)).toEqual([])
        for (const { structure, bar } of found) {
          expect(structure).not.toBe(5)
          expect(bar).toBeLessThan(6)
        }
      }),
    )
  })
})
