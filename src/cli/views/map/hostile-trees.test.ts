/** Device trees that were made to take long: `map` and `list` end with an answer or a refusal. */
import { writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { PhysmemError } from '../../../base/errors.ts'
import { describeAddress } from '../../../inventory/describe.ts'
import { type Inventory, readTreeInventory } from '../../../inventory/inventory.ts'
import { listPlaces } from '../../../inventory/places.ts'
import { walk } from '../../../inventory/region.ts'
import { blobOf, type NodeSpec, type Value } from '../../../linux/device-tree/testing/builder.ts'
import { FakeRoot } from '../../../linux/testing/fake-root.ts'
import { run } from '../../testing/run.ts'

const root = new FakeRoot().put('some.dtb', '')
const file = root.at('some.dtb')
afterAll(() => root[Symbol.dispose]())

const many = (count: number, make: (index: number) => [string, Value | NodeSpec]): NodeSpec =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => make(index)))
const regions = (count: number, reg: (index: number) => [number, number]) =>
  many(count, (index) => [`n${index}`, { reg: reg(index) }])

/** Pairs of cells, as long as the nodes above. */
function cellPairs(count: number): Buffer {
  const bytes = Buffer.alloc(8 * count, 0)
  for (let pair = 0; pair < count; pair++) {
    bytes.writeUInt32BE(0x1000 * pair, 8 * pair)
    bytes.writeUInt32BE(0x1000, 8 * pair + 4)
  }
  return bytes
}

/** `inside` in 60 nodes with long names. */
function buried(inside: NodeSpec): NodeSpec {
  let spec: NodeSpec = { ranges: true, ...inside }
  for (let depth = 0; depth < 60; depth++) spec = { ranges: true, ['d'.repeat(250)]: spec }
  return spec
}

/** Writes the tree and asks everything of it; only a PhysmemError may be thrown. */
async function ask(spec: NodeSpec): Promise<Inventory | undefined> {
  writeFileSync(file, blobOf(spec))
  try {
    const inventory = await readTreeInventory(file)
    for (const address of [0, 0x1004, 0x7fff_ffff]) describeAddress(inventory, address)
    listPlaces(inventory)
    return inventory
  } catch (error) {
    if (error instanceof PhysmemError) return undefined
    throw error
  }
}

const factsIn = ({ memory }: Inventory) =>
  [...walk(memory)].reduce((sum, { facts }) => sum + facts.length, 0)

describe('a tree that takes long in the wrong way', () => {
  it.each<[string, number, NodeSpec]>([
    ['4,000 that nest', 4000, regions(4000, (at) => [at, 2 * (100_000 - at)])],
    ['8,000 in a row', 8000, regions(8000, (at) => [at * 0x1000, 0x800])],
    ['8,000 in no order', 8000, regions(8000, (at) => [((at * 7919) % 8000) * 16, 8])],
    ['8,000 that overlap', 8000, regions(8000, (at) => [at, 20_000])],
    ['8,000 of one stretch', 8000, regions(8000, () => [0x1000, 0x1000])],
    ['8,000 of one node', 8000, { x: { reg: cellPairs(8000) } }],
  ])('does not: %s', { timeout: 120_000 }, async (_, count, spec) => {
    const inventory = await ask(spec)
    expect(inventory && factsIn(inventory)).toBe(count)
    for (const line of ['map', 'map --json', 'list']) {
      const [command = '', ...options] = line.split(' ')
      const { code, out } = await run([command, `dtb:${file}`, ...options])
      expect(code).toBe(0)
      expect(out.length).toBeGreaterThan(count)
    }
    const { code, out } = await run(['map', `dtb:${file}`, '0x1004'])
    expect([code, out.length > 0]).toEqual([0, true])
  })

  it('says what stands beside, because it nests too deep', async () => {
    const inventory = await ask(regions(100, (at) => [at, 2 * (1000 - at)]))
    expect(inventory?.problems).toEqual([
      '35 regions lie in more than 64 others: they stand beside the last',
    ])
    let [depth, siblings] = [0, inventory?.memory ?? []]
    for (; siblings.length > 0; siblings = siblings[0]?.children ?? []) depth++
    expect(depth).toBe(65)
  })

  it.each<[string, NodeSpec]>([
    [
      'many aliases of many regions',
      {
        aliases: many(5000, (at) => [`a${at}`, '/x']),
        x: { reg: cellPairs(5000) },
      },
    ],
    [
      'many words of many regions',
      { x: { reg: cellPairs(5000), compatible: Array.from({ length: 10_000 }, () => 'c') } },
    ],
    ['long paths', buried(regions(10_000, (at) => [at * 16, 8]))],
  ])('says what is too much: %s', { timeout: 120_000 }, async (_, spec) => {
    const inventory = await ask(spec)
    expect(inventory?.problems.at(-1)).toMatch(
      /^regions and problems are too many to be listed: \d+ are left out$/,
    )
    for (const command of ['map', 'list']) {
      const { out, err } = await run([command, `dtb:${file}`])
      expect(err).toContain('the device tree is not completely shown: ')
      expect(out.length).toBeLessThan(200_000_000)
    }
  })
})

describe('a tree of any regions', () => {
  const cell = fc.oneof(fc.nat(40), fc.constantFrom(0x1000, 0x1001, 0x7fff_ffff, 0xffff_ffff))
  const reg = fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 6 })
  const meaning: fc.Arbitrary<[string, Value]> = fc.oneof(
    fc.constantFrom<[string, Value]>(
      ['device_type', 'memory'],
      ['status', 'disabled'],
      ['compatible', ['\x1b[2J', 'a,b']],
      ['reg-names', ['', 'r', '\x1b']],
      ['ranges', true],
      ['#size-cells', [2]],
    ),
  )
  const node: fc.Memo<NodeSpec> = fc.memo((depth) =>
    fc
      .tuple(
        reg,
        fc.array(meaning, { maxLength: 3 }),
        depth <= 1 ? fc.constant([]) : fc.array(node(depth - 1), { maxLength: 8 }),
      )
      .map(([pairs, properties, children]) => ({
        reg: pairs.flat(),
        ...Object.fromEntries(properties),
        ...Object.fromEntries(children.map((child, at) => [`n${at}`, child])),
      })),
  )
  const tree = fc.array(node(3), { maxLength: 30 }).map((nodes) => ({
    aliases: { serial0: '/n0', zero: '/n1' },
    ...Object.fromEntries(nodes.map((spec, at) => [`n${at}`, spec])),
  }))

  it('answers, loses no region, and keeps each inside of what holds it', {
    timeout: 120_000,
  }, async () => {
    let most = 0
    await fc.assert(
      fc.asyncProperty(tree, async (spec) => {
        const inventory = await ask(spec)
        if (inventory === undefined) throw new Error('a tree that is one was refused')
        most = Math.max(most, factsIn(inventory))
        for (const { start, last: end, children } of walk(inventory.memory)) {
          let last = -1
          for (const child of children) {
            expect(child.start >= start && child.last <= end && child.start >= last).toBe(true)
            last = child.start
          }
        }
        for (const line of ['map', 'list', 'map --json', 'list --json']) {
          const [command = '', ...options] = line.split(' ')
          const { code, err } = await run([command, `dtb:${file}`, ...options])
          expect([0, 3]).toContain(code)
          expect(err).not.toContain('bug')
        }
      }),
      { numRuns: 60 },
    )
    expect(most).toBeGreaterThan(20)
  })
})
