/** Spaces whose lists of capabilities are made at random, most of them whole. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Block, Cluster, Register } from '../model.ts'
import { pciConfigBlock, readOutline } from './index.ts'
import {
  damaged,
  damageOf,
  type Extended,
  extendedListOf,
  type Listed,
  listOf,
  spaceOf,
} from './testing/capabilities.ts'
import { clusters, registersOf } from './testing/parts.ts'

/** What the specification calls capabilities of these ids; others have their number. */
const NAMES: Readonly<Record<number, string>> = {
  ...{ 1: 'PM', 3: 'VPD', 5: 'MSI', 9: 'VENDOR', 13: 'SUBSYSTEM' },
  ...{ 16: 'PCIE', 17: 'MSIX', 18: 'SATA', 19: 'AF' },
}
const EXTENDED_NAMES: Readonly<Record<number, string>> = {
  1: 'AER',
  2: 'VC',
  3: 'DSN',
  21: 'REBAR',
}

const id = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...Object.keys(NAMES).map(Number)) },
  { weight: 1, arbitrary: fc.integer({ min: 0x20, max: 0xfe }) },
)
const extendedId = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...Object.keys(EXTENDED_NAMES).map(Number)) },
  { weight: 1, arbitrary: fc.integer({ min: 0x100, max: 0xfffe }) },
  // It stands for nothing, and the list goes on.
  { weight: 1, arbitrary: fc.constant(0) },
)
interface Made {
  length: 256 | 4096
  list: Listed[]
  extended: Extended[]
}
const made = fc
  .record({
    length: fc.constantFrom<256 | 4096>(256, 4096),
    list: listOf(id, fc.array(fc.nat(255), { maxLength: 14 })),
    extended: extendedListOf(extendedId),
    reserved: fc.nat(3),
  })
  .map((one) => ({ ...one, bytes: spaceOf(one.length, one.list, one.extended, one.reserved) }))

const hex = (value: number, digits: number) =>
  value.toString(16).toUpperCase().padStart(digits, '0')

/** The clusters that a space is to have: each name once, with its number behind it from the second on. */
function expected({ length, list, extended }: Made) {
  const hasExtended = length === 4096 && list.some(({ id }) => id === 16)
  const behind = hasExtended ? extended.filter(({ id }) => id !== 0) : []
  const all = [
    ...list.map(({ id, start }) => ({ start, name: NAMES[id] ?? `CAP_${hex(id, 2)}` })),
    ...behind.map(({ id, start }) => ({
      start,
      name: EXTENDED_NAMES[id] ?? `EXTCAP_${hex(id, 4)}`,
    })),
  ]
  return all.map(({ name, start }, index) => {
    const time = all.slice(0, index + 1).filter((one) => one.name === name).length
    return `${name}${time === 1 ? '' : `_${time}`}@${start.toString(16)}`
  })
}

/** No name twice, nothing outside, all aligned, and no bits that a register has not. */
function checkBlock(block: Block, length: number): void {
  const names = block.children.map(({ name }: Register | Cluster) => name)
  expect(new Set(names).size).toBe(names.length)
  for (const { offset, width, size, fields } of registersOf(block).values()) {
    expect(offset + size / 8).toBeLessThanOrEqual(length)
    expect(offset % (width / 8)).toBe(0)
    for (const { lsb, width: bits } of fields) expect(lsb + bits).toBeLessThanOrEqual(size)
  }
}

/** The outline of a space, with each word that was read for it. */
async function outlineOf(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const read: number[] = []
  const outline = await readOutline(async (offset) => {
    read.push(offset)
    return view.getUint32(offset, true)
  }, bytes.length)
  return { outline, read }
}

describe('any lists of capabilities', () => {
  it('are clusters at their places, in their order', () => {
    fc.assert(
      fc.property(made, (one) => {
        const block = pciConfigBlock(one.bytes)
        expect(clusters(block)).toEqual(expected(one))
        checkBlock(block, one.length)
      }),
    )
  })

  it('are known from a word of each', async () => {
    await fc.assert(
      fc.asyncProperty(made, async (one) => {
        const { outline, read } = await outlineOf(one.bytes)
        expect(pciConfigBlock(outline)).toEqual(pciConfigBlock(one.bytes))
        // Where extended ones begin is looked at, be there any or none.
        const starts = [0x100, ...[...one.list, ...one.extended].map(({ start }) => start)]
        // And of a resizable BAR the word that says how many there are.
        const more = one.extended.filter(({ id }) => id === 21).map(({ start }) => start + 8)
        const isOther = (at: number) => at >= 0x40 && !starts.includes(at) && !more.includes(at)
        expect(read.filter(isOther)).toEqual([])
        expect(new Set(read).size).toBe(read.length)
      }),
    )
  })

  it('that are damaged are a block all the same, and the same one from its outline', async () => {
    const cut = fc.constantFrom(0, 3, 64, 70, 256, 4096)
    const changes = damageOf(4096)
    await fc.assert(
      fc.asyncProperty(made, changes, cut, async (one, all, length) => {
        const inside = all.map(([at, value]): [number, number] => [at % one.length, value])
        const bytes = damaged(one.bytes, inside).subarray(0, length)
        checkBlock(pciConfigBlock(bytes), bytes.length)
        if (bytes.length % 4 !== 0) return
        const { outline } = await outlineOf(bytes)
        expect(pciConfigBlock(outline)).toEqual(pciConfigBlock(bytes))
      }),
    )
  })
})
