import { describe, expect, it } from 'vitest'
import { parseFlattened } from './flattened.ts'
import { nodesBelow } from './node.ts'
import { assemble, type BlobParts, blobOf, cells, type NodeSpec, token } from './testing/builder.ts'
import { refused } from './testing/refused.ts'
import { textOf } from './values.ts'

const parse = (blob: Uint8Array) => parseFlattened(blob, 'board.dtb')

/** How a blob is refused whose blocks or header are these. */
const refusedParts = (parts: BlobParts) => refused(() => parse(assemble(parts)))

/** How a structure block of these tokens is refused. It begins at 0x38, the strings are `a\0b\0`. */
const refusedTokens = (...tokens: Uint8Array[]) =>
  refusedParts({ structure: Buffer.concat(tokens), strings: Buffer.from('a\0b\0') })

const { begin, property, endNode, nop, end } = token
const empty = new Uint8Array()
const small = Buffer.concat([begin(''), endNode, end])

describe('parseFlattened', () => {
  it('gives nodes with their names, paths, parents and raw values, in order', () => {
    const tree = parse(
      blobOf({
        model: 'a board',
        flag: true,
        soc: { ranges: true, 'serial@1000': { reg: [0x1000, 0x10], odd: Buffer.from('abcde') } },
        chosen: {},
      }),
    )
    expect(tree.name).toBe('board.dtb')
    expect([...nodesBelow(tree.root)].map(({ name, path }) => [name, path])).toEqual([
      ['', '/'],
      ['soc', '/soc'],
      ['serial@1000', '/soc/serial@1000'],
      ['chosen', '/chosen'],
    ])
    const [soc] = tree.root.children
    const serial = soc?.children[0]
    expect(serial?.parent).toBe(soc)
    expect(soc?.parent).toBe(tree.root)
    expect(tree.root.parent).toBeUndefined()
    expect([...(serial?.properties.keys() ?? [])]).toEqual(['reg', 'odd'])
    expect(serial?.properties.get('reg')).toEqual(cells(0x1000, 0x10))
    expect(serial?.properties.get('odd')).toEqual(Buffer.from('abcde'))
    expect(tree.root.properties.get('flag')).toEqual(Buffer.alloc(0))
    expect(tree.root.properties.get('absent')).toBeUndefined()
    expect(textOf(tree.root, 'model')).toBe('a board')
  })

  it('reads version 16, which does not say how long its structure is', () => {
    const blob = blobOf({ model: 'old' }, { header: { version: 16, structureSize: 0xffffffff } })
    expect(textOf(parse(blob).root, 'model')).toBe('old')
  })

  it('reads a later version that says it can be read as 17', () => {
    const blob = blobOf({ model: 'new' }, { header: { version: 18, readableAs: 17 } })
    expect(textOf(parse(blob).root, 'model')).toBe('new')
  })

  it('gives the reserved memory, also above 2^53', () => {
    const reservations = [
      [0x8000_0000n, 0x1000n],
      [0xffff_ffff_ffff_f000n, 0x1000n],
    ] as const
    expect(parse(blobOf({}, { reservations })).reservations).toEqual([
      { address: 0x8000_0000n, length: 0x1000n },
      { address: 0xffff_ffff_ffff_f000n, length: 0x1000n },
    ])
  })

  it('passes over NOPs and what follows the tree in the file', () => {
    const structure = Buffer.concat([
      nop,
      begin(''),
      nop,
      begin('x'),
      nop,
      endNode,
      nop,
      endNode,
      nop,
      end,
    ])
    const tree = parse(Buffer.concat([assemble({ structure }), Buffer.from('more')]))
    expect(tree.root.children.map(({ path }) => path)).toEqual(['/x'])
  })

  it('reads a view into a larger buffer', () => {
    const blob = blobOf({ model: 'inside' })
    const larger = new Uint8Array(blob.length + 7)
    larger.set(blob, 7)
    expect(textOf(parse(larger.subarray(7)).root, 'model')).toBe('inside')
  })

  it('reads nodes as deep as the kernel does, and no deeper', () => {
    const nested = (depth: number): NodeSpec => (depth === 1 ? {} : { n: nested(depth - 1) })
    expect([...nodesBelow(parse(blobOf(nested(64))).root)]).toHaveLength(64)
    expect(refused(() => parse(blobOf(nested(65))))).toBe(
      'EDEVICETREE board.dtb is damaged at 0x238: nodes nested deeper than 64',
    )
  })
})

describe('a header', () => {
  it('must be there', () => {
    expect(refused(() => parse(empty))).toBe(
      'EDEVICETREE board.dtb is not a flattened device tree: it has 0 bytes, but the header alone has 40',
    )
    expect(refused(() => parse(Buffer.concat([Buffer.from('\x7fELF'), Buffer.alloc(60)])))).toBe(
      'EDEVICETREE board.dtb is not a flattened device tree: it begins with 0x7f454c46, not with 0xd00dfeed',
    )
  })

  it('must be of a version that is known', () => {
    expect(refusedParts({ structure: small, header: { version: 3, readableAs: 1 } })).toBe(
      'EDEVICETREE board.dtb is a flattened device tree of version 3 (readable as 1): expected 16 or 17',
    )
    expect(refusedParts({ structure: small, header: { version: 19, readableAs: 18 } })).toBe(
      'EDEVICETREE board.dtb is a flattened device tree of version 19 (readable as 18): expected 16 or 17',
    )
  })

  it('must tell a size that can be', () => {
    const blob = assemble({ structure: small })
    expect(blob.length).toBe(0x48)
    expect(refused(() => parse(blob.subarray(0, -1)))).toBe(
      'EDEVICETREE board.dtb is cut off: it has 71 of 72 bytes',
    )
    expect(refusedParts({ structure: small, header: { totalSize: 39 } })).toBe(
      'EDEVICETREE board.dtb is damaged at 0x4: the total size is 39, but the header alone has 40 bytes',
    )
    expect(refusedParts({ structure: small, header: { totalSize: 0xffffffff } })).toBe(
      'EDEVICETREE board.dtb is too large for a device tree: 4294967295 bytes, expected at most 4 MiB',
    )
  })

  it.each([
    [{ structureStart: 0x3a }, '0x8: the structure block begins at 0x3a, no multiple of 4'],
    [{ structureStart: 0x20 }, '0x8: the structure block begins at 0x20, outside of 0x28..0x48'],
    [{ structureStart: 0x4c }, '0x8: the structure block begins at 0x4c, outside of 0x28..0x48'],
    [
      { stringsStart: 0xfffffff0 },
      '0xc: the strings block begins at 0xfffffff0, outside of 0x28..0x48',
    ],
    [
      { reservationsStart: 44 },
      '0x10: the memory reservation block begins at 0x2c, no multiple of 8',
    ],
    [
      { stringsSize: 0xffffffff },
      '0x20: the strings block ends at 0x100000047, outside of 0x28..0x48',
    ],
    [{ structureSize: 0x14 }, '0x24: the structure block ends at 0x4c, outside of 0x28..0x48'],
    [{ structureSize: 8 }, '0x40: a token reaches beyond the end of the structure block'],
    [
      { reservationsStart: 0x40 },
      '0x40: the memory reservation block has no end: its last entry is of zeros',
    ],
  ])('must tell blocks that are inside: %o', (header, message) => {
    expect(refusedParts({ structure: small, header })).toBe(
      `EDEVICETREE board.dtb is damaged at ${message}`,
    )
  })
})

describe('a structure block', () => {
  it.each<[string, string, Uint8Array[]]>([
    ['nothing', '0x38: a token reaches beyond the end of the structure block', []],
    ['no end', '0x44: a token reaches beyond the end of the structure block', [begin(''), endNode]],
    ['no tokens', '0x38: 0x7 is not a token of the structure block', [cells(7)]],
    ['no root', '0x38: the end of the tree before its root node', [end]],
    ['a second root', '0x44: a second root node', [begin(''), endNode, begin(''), endNode, end]],
    ['a named root', '0x38: the root node is named soc', [begin('soc'), endNode, end]],
    [
      'a node without a name',
      '0x40: a node without a name',
      [begin(''), begin(''), endNode, endNode, end],
    ],
    [
      'a path for a name',
      "0x40: a node's name holds a slash: a/b",
      [begin(''), begin('a/b'), endNode, endNode, end],
    ],
    [
      'a blank in a name',
      "0x45: a node's name holds the byte 0x20",
      [begin(''), begin('a b'), endNode, endNode, end],
    ],
    [
      'an endless name',
      "0x3c: a node's name does not end in its block",
      [cells(1), Buffer.from('abcd')],
    ],
    [
      'a long name',
      "0x44: a node's name is longer than 255 characters",
      [begin(''), begin('n'.repeat(256)), endNode, endNode, end],
    ],
    [
      'a node that is not begun',
      '0x44: the end of a node that was not begun',
      [begin(''), endNode, endNode, end],
    ],
    [
      'a node that does not end',
      '0x48: the end of the tree inside of /x',
      [begin(''), begin('x'), end],
    ],
    ['more past its end', '0x48: 4 bytes in the structure block after its end', [small, nop]],
    [
      'twins',
      '0x58: two children of / are named x',
      [begin(''), begin('x'), endNode, begin('x'), endNode, endNode, end],
    ],
    ['a property outside', '0x38: a property outside of all nodes', [property(0, empty), small]],
    [
      'a property after children',
      '0x4c: a property of / after its children',
      [begin(''), begin('x'), endNode, property(0, empty), endNode, end],
    ],
    [
      'a property twice',
      '0x4c: a second property a of /',
      [begin(''), property(0, empty), property(0, empty), endNode, end],
    ],
    [
      'a value without end',
      '0x4c: the value of a property reaches beyond the end of the structure block',
      [begin(''), cells(3, 0xffffffff, 0), endNode, end],
    ],
    [
      'a length without end',
      "0x44: a property's length reaches beyond the end of the structure block",
      [begin(''), cells(3)],
    ],
    [
      'a name outside',
      '0x40: a property whose name is outside of the strings: 0x4',
      [begin(''), property(4, empty), endNode, end],
    ],
    [
      'a name far outside',
      '0x40: a property whose name is outside of the strings: 0xffffffff',
      [begin(''), property(0xffffffff, empty), endNode, end],
    ],
    [
      'a property without a name',
      '0x40: a property without a name',
      [begin(''), property(1, empty), endNode, end],
    ],
  ])('with %s is refused', (_, message, tokens) => {
    expect(refusedTokens(...tokens)).toBe(`EDEVICETREE board.dtb is damaged at ${message}`)
  })

  it('must have property names that end', () => {
    const structure = Buffer.concat([begin(''), property(0, empty), endNode, end])
    expect(refusedParts({ structure, strings: Buffer.from('abc') })).toBe(
      "EDEVICETREE board.dtb is damaged at 0x54: a property's name does not end in its block",
    )
  })
})
