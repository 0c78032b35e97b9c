import { describe, expect, it } from 'vitest'
import { aliasesByNode, consoleOf, findNode } from './find.ts'
import { type NodeSpec, treeOf } from './testing/builder.ts'
import { refused } from './testing/refused.ts'
import { virtTree } from './testing/virt.ts'

const root: NodeSpec = {
  aliases: {
    serial0: '/soc/serial@1000',
    console: 'serial0',
    bus: '/soc',
    gone: '/soc/serial@9000',
    one: 'two',
    two: 'one/x',
  },
  __symbols__: { uart_a: '/soc/serial@1000', serial0: '/soc' },
  soc: {
    'serial@1000': { codec: {} },
    'gpio@2000': {},
    'timer@3000': {},
    'timer@4000': {},
    timer: {},
    'dma@5000': {},
    'dma@6000': {},
  },
  chosen: { 'stdout-path': 'serial0:115200n8' },
}
const tree = treeOf(root)
const path = (name: string) => findNode(tree, name).path
const refusedName = (name: string, spec = root) => refused(() => findNode(treeOf(spec), name))

describe('findNode', () => {
  it.each([
    ['/', '/'],
    ['/soc', '/soc'],
    ['/soc/', '/soc'],
    ['/soc/serial@1000', '/soc/serial@1000'],
    ['/soc/serial', '/soc/serial@1000'],
    ['/soc/serial/codec', '/soc/serial@1000/codec'],
    ['/soc/timer', '/soc/timer'],
    ['serial0', '/soc/serial@1000'],
    ['serial0/codec', '/soc/serial@1000/codec'],
    ['console', '/soc/serial@1000'],
    ['bus/gpio', '/soc/gpio@2000'],
    ['uart_a', '/soc/serial@1000'],
  ])('finds %s', (name, expected) => {
    expect(path(name)).toBe(expected)
  })

  it.each([
    ['/sok', 'there is no node /sok in board.dtb: did you mean soc?'],
    [
      '/soc/serial@1001',
      'there is no node /soc/serial@1001 in board.dtb: did you mean serial@1000?',
    ],
    ['/soc/gpios', 'there is no node /soc/gpios in board.dtb: did you mean gpio?'],
    ['/chosen/x', 'there is no node /chosen/x in board.dtb: /chosen has no children'],
    [
      '/zzzzzz',
      'there is no node /zzzzzz in board.dtb: / has aliases, __symbols__, soc and chosen',
    ],
    [
      '/soc/zzzzzzzz',
      'there is no node /soc/zzzzzzzz in board.dtb: /soc has serial@1000, gpio@2000, timer@3000, timer@4000, timer, dma@5000 and 1 more',
    ],
    ['/soc/dma', '/soc/dma in board.dtb may be dma@5000 or dma@6000: name one of them'],
    ['//soc', 'there is no node / in board.dtb: / has aliases, __symbols__, soc and chosen'],
    ['seral0', '"seral0" is not an alias or label in board.dtb, did you mean serial0?'],
    ['gpio', '"gpio" is not an alias or label in board.dtb, did you mean /soc/gpio@2000?'],
    [
      'serial@1000',
      '"serial@1000" is not an alias or label in board.dtb, did you mean /soc/serial@1000?',
    ],
    [
      'timer',
      '"timer" is not an alias or label in board.dtb, did you mean /soc/timer@3000, /soc/timer@4000 or /soc/timer?',
    ],
    [
      'zzzzzzzz',
      '"zzzzzzzz" is not an alias or label in board.dtb: it has serial0, console, bus, gone, one, two and 2 more',
    ],
    ['gone', 'gone in board.dtb stands for "/soc/serial@9000": there is no such node'],
  ])('refuses %s', (name, message) => {
    expect(refusedName(name)).toBe(`ENOPLACE ${message}`)
  })

  it('refuses aliases that form a circle', () => {
    expect(refusedName('one')).toBe(
      'EDEVICETREE aliases in board.dtb form a circle: one -> two -> one',
    )
    expect(refusedName('self', { aliases: { self: 'self' } })).toBe(
      'EDEVICETREE aliases in board.dtb form a circle: self -> self',
    )
  })

  it('refuses a long row of aliases', () => {
    const row = Array.from({ length: 9 }, (_, index) => [`a${index}`, `a${index + 1}`])
    const aliases = { ...Object.fromEntries(row), a9: '/soc' }
    expect(findNode(treeOf({ aliases, soc: {} }), 'a2').path).toBe('/soc')
    expect(refusedName('a1', { aliases, soc: {} })).toBe(
      'EDEVICETREE a1 in board.dtb leads over more than 8 aliases',
    )
  })

  it('says when there is nothing to name', () => {
    expect(refusedName('serial0', {})).toBe(
      'ENOPLACE "serial0" is not an alias or label in board.dtb: the tree is empty',
    )
    expect(refusedName('serial0', { soc: {} })).toBe(
      'ENOPLACE "serial0" is not an alias or label in board.dtb: it has none, name the node by its path',
    )
  })
})

describe('consoleOf', () => {
  it('is what /chosen names', () => {
    const { node, options } = consoleOf(tree) ?? {}
    expect([node?.path, options]).toEqual(['/soc/serial@1000', '115200n8'])
    expect(consoleOf(virtTree())?.node.path).toBe('/pl011@9000000')
  })

  it('is none where none is named, or one that does not exist', () => {
    expect(consoleOf(treeOf({}))).toBeUndefined()
    expect(consoleOf(treeOf({ chosen: { 'stdout-path': 'serial7:9600' } }))).toBeUndefined()
  })
})

describe('aliasesByNode', () => {
  it('leaves out what leads nowhere', () => {
    expect([...aliasesByNode(tree)].map(([node, names]) => [node.path, names])).toEqual([
      ['/soc/serial@1000', ['serial0', 'console']],
      ['/soc', ['bus']],
    ])
  })
})
