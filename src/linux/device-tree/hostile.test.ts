/** Whatever the bytes are: an answer or a refusal, no other error, no loop, no deep stack. */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PhysmemError } from '../../base/errors.ts'
import { consoleOf, findNode } from './find.ts'
import { parseFlattened } from './flattened.ts'
import { interruptsOf } from './interrupts.ts'
import { listRegions, nodesAt } from './list.ts'
import { type DeviceTreeNode, nodesBelow } from './node.ts'
import { regionsOf } from './regions.ts'
import { assemble, blobOf, type NodeSpec, token, treeOf, type Value } from './testing/builder.ts'
import { unlessRefused } from './testing/refused.ts'
import { virtFile } from './testing/virt.ts'
import type { DeviceTree } from './tree.ts'

const virt = readFileSync(virtFile)
const limit = 2 ** 52

/** Asks a tree everything that can be asked, up to `most` nodes and names; says how many it has. */
function askEverything(tree: DeviceTree, most = 200): number {
  let nodes = 0
  const list = listRegions(tree)
  for (const { regions } of list) {
    for (const { address, length, reason } of regions) {
      expect(Number.isSafeInteger(length) && length >= 0).toBe(true)
      if (address === undefined) expect(reason).not.toBe('')
      else expect(address >= 0 && address + length <= limit).toBe(true)
    }
  }
  for (const address of [0, 0x900_0000, limit - 1]) nodesAt(tree, address, list)
  for (const node of nodesBelow(tree.root)) {
    nodes++
    if (nodes > most) continue
    unlessRefused(() => regionsOf(node))
    unlessRefused(() => interruptsOf(tree, node))
    const found = unlessRefused(() => findNode(tree, node.path))
    if (node.path !== '/') expect(found).toBe(node)
  }
  const names = [...tree.aliases.keys(), ...tree.labels.keys()]
  for (const name of ['serial0', '/soc/uart', ...names.slice(0, most)]) {
    unlessRefused(() => findNode(tree, name))
  }
  consoleOf(tree)
  return nodes
}

/** As above, where the bytes may be no tree at all. */
function ask(bytes: Uint8Array): number {
  const tree = unlessRefused(() => parseFlattened(bytes, 'hostile.dtb'))
  return tree === undefined ? 0 : askEverything(tree)
}

describe('a blob', () => {
  it('that is cut off anywhere is refused', () => {
    for (let length = 0; length < virt.length; length++) {
      expect(unlessRefused(() => parseFlattened(virt.subarray(0, length), 'cut'))).toBeUndefined()
    }
    expect(ask(virt)).toBeGreaterThan(40)
  })

  it('that is cut off, with a header that knows, is refused or answers', () => {
    for (let length = 40; length < virt.length; length += 4) {
      const cut = Buffer.from(virt.subarray(0, length))
      cut.writeUInt32BE(length, 4)
      ask(cut)
    }
  })

  it('with bytes changed is refused or answers', () => {
    const change = fc.tuple(fc.nat(virt.length - 1), fc.nat(255))
    const changes = fc.array(change, { minLength: 1, maxLength: 8 })
    let answered = 0
    fc.assert(
      fc.property(changes, (list) => {
        const bytes = Buffer.from(virt)
        for (const [at, byte] of list) bytes[at] = byte
        if (ask(bytes) > 0) answered++
      }),
      { numRuns: 200 },
    )
    expect(answered).toBeGreaterThan(0)
  })

  it('with cells changed to what hurts is refused or answers', () => {
    const worst = fc.constantFrom(
      0,
      1,
      2,
      3,
      4,
      7,
      9,
      0x7fffffff,
      0x80000000,
      0xfffffffc,
      0xffffffff,
    )
    const change = fc.tuple(fc.nat(Math.floor(virt.length / 4) - 1), worst)
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (list) => {
        const bytes = Buffer.from(virt)
        for (const [at, cell] of list) bytes.writeUInt32BE(cell, 4 * at)
        ask(bytes)
      }),
      { numRuns: 200 },
    )
  })

  it('of any tokens is refused or answers', () => {
    const anyToken = fc.oneof(
      fc.constantFrom(token.begin(''), token.begin('a'), token.endNode, token.nop, token.end),
      fc.uint8Array({ maxLength: 9 }).map((value) => token.property(0, value)),
      fc.uint8Array({ maxLength: 12 }),
    )
    fc.assert(
      fc.property(fc.array(anyToken, { maxLength: 40 }), (tokens) => {
        ask(assemble({ structure: Buffer.concat(tokens), strings: Buffer.from('reg\0') }))
      }),
      { numRuns: 200 },
    )
  })

  it('that nests a hundred thousand nodes is refused, without a deep stack', () => {
    const structure = Buffer.concat(Array.from({ length: 100_000 }, () => token.begin('')))
    expect(ask(assemble({ structure }))).toBe(0)
  })

  it('with as many nodes as there is room for answers', () => {
    const children = Array.from({ length: 100_000 }, (_, index) => [
      token.begin(`n${index}`),
      token.endNode,
    ])
    const structure = [token.begin(''), ...children.flat(), token.endNode, token.end]
    expect(ask(assemble({ structure: Buffer.concat(structure) }))).toBe(100_001)
  })

  it('with a long name after every property is refused', () => {
    const strings = Buffer.alloc(1 << 20, 'x')
    const properties = Array.from({ length: 100_000 }, (_, at) =>
      token.property(at, Buffer.alloc(0)),
    )
    const structure = Buffer.concat([token.begin(''), ...properties, token.endNode, token.end])
    expect(() => parseFlattened(assemble({ structure, strings }), 'long')).toThrow(PhysmemError)
  })
})

/** Properties that mean something, with values that are right, wrong and in circles. */
const meaningful: fc.Arbitrary<[string, Value]> = fc.oneof(
  fc.tuple(
    fc.constantFrom('#address-cells', '#size-cells', '#interrupt-cells'),
    fc.array(fc.constantFrom(0, 1, 2, 3, 4, 5, 7, 0xffffffff), { minLength: 0, maxLength: 2 }),
  ),
  fc.tuple(
    fc.constantFrom('reg', 'ranges', 'assigned-addresses', 'interrupts', 'interrupts-extended'),
    fc.array(fc.oneof(fc.nat(5), fc.constantFrom(0x1000, 0x82000000, 0xffffffff)), {
      maxLength: 12,
    }),
  ),
  fc.tuple(
    fc.constantFrom('phandle', 'interrupt-parent'),
    fc.nat(5).map((one) => [one]),
  ),
  fc.tuple(fc.constantFrom('reg', 'ranges', 'phandle'), fc.uint8Array({ maxLength: 7 })),
  fc.tuple(
    fc.constantFrom('a', 'b', 'serial0', 'status', 'device_type', 'stdout-path', 'reg-names'),
    fc.constantFrom('a', 'b', 'b/a', '/a', '/aliases', 'pci', 'okay', '', '\0', 'serial0:1'),
  ),
)

const anyNode: fc.Memo<NodeSpec> = fc.memo((depth) =>
  fc
    .tuple(
      fc.array(meaningful, { maxLength: 6 }),
      depth <= 1
        ? fc.constant([])
        : fc.array(
            fc.tuple(
              fc.constantFrom('a', 'b', 'a@0', 'aliases', 'chosen', 'pcie@1', 'isa', '__symbols__'),
              anyNode(depth - 1),
            ),
            { maxLength: 3 },
          ),
    )
    // Children last: a name that both have is the child's.
    .map(([properties, children]) =>
      Object.fromEntries<Value | NodeSpec>([...properties, ...children]),
    ),
)

describe('a tree that takes long in the wrong way', () => {
  const many = (count: number, make: (index: number) => [string, Value | NodeSpec]) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => make(index)))

  it.each<[string, NodeSpec]>([
    ['a row of aliases', { aliases: many(20_000, (index) => [`a${index}`, `a${index + 1}`]) }],
    [
      'aliases of absent nodes',
      {
        aliases: many(20_000, (index) => [`a${index}`, `/c${index}`]),
        ...many(20_000, (index) => [`d${index}`, {}]),
      },
    ],
    [
      'aliases of one long path',
      {
        aliases: { ...many(30_000, (index) => [`a${index}`, 'long']), long: '/a'.repeat(500_000) },
        a: {},
      },
    ],
    [
      'aliases of one node',
      { aliases: many(20_000, (index) => [`a${index}`, '/x']), x: { reg: [0, 1] } },
    ],
    [
      'a row of interrupt parents',
      many(20_000, (index) => [
        `n${index}`,
        { phandle: [index], 'interrupt-parent': [index + 1], interrupts: [1] },
      ]),
    ],
    [
      'interrupts that are not connected',
      {
        x: {
          'interrupts-extended': Buffer.alloc(1 << 20),
          'interrupt-names': Buffer.alloc(1 << 20),
        },
      },
    ],
    [
      'many ranges and regions',
      {
        soc: {
          ranges: Buffer.alloc(12 * 50_000),
          ...many(1000, (index) => [`n${index}`, { reg: Buffer.alloc(8 * 100, 1) }]),
        },
      },
    ],
  ])('does not: %s', (_, spec) => {
    expect(askEverything(treeOf(spec), 5)).toBeGreaterThan(0)
  })
})

describe('a tree of what means something', () => {
  it('answers, or says what is wrong', () => {
    fc.assert(
      fc.property(anyNode(5), (spec) => {
        expect(askEverything(treeOf(spec))).toBeGreaterThan(0)
      }),
      { numRuns: 200 },
    )
  })

  it('of any depth that is allowed is the tree that was built', () => {
    const chain = (depth: number): NodeSpec => (depth === 0 ? {} : { n: chain(depth - 1) })
    fc.assert(
      fc.property(fc.nat(63), (depth) => {
        const tree = parseFlattened(blobOf(chain(depth)), 'chain')
        let node: DeviceTreeNode | undefined = tree.root
        for (let left = depth; left > 0; left--) node = node?.children[0]
        expect(node?.children).toEqual([])
        expect(node?.path).toBe(depth === 0 ? '/' : '/n'.repeat(depth))
      }),
    )
  })
})
