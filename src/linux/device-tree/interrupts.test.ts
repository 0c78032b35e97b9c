import { describe, expect, it } from 'vitest'
import { findNode } from './find.ts'
import { interruptsOf } from './interrupts.ts'
import { type NodeSpec, treeOf } from './testing/builder.ts'
import { refused } from './testing/refused.ts'
import { virtTree } from './testing/virt.ts'

/** Like interruptsOf, with the controllers' paths. */
function interrupts(root: NodeSpec, path: string) {
  const tree = treeOf(root)
  return interruptsOf(tree, findNode(tree, path)).map(({ controller, cells, name }) => [
    controller.path,
    cells,
    ...(name === undefined ? [] : [name]),
  ])
}
const refusedInterrupts = (root: NodeSpec, path: string) => refused(() => interrupts(root, path))

const gic = { phandle: [1], '#interrupt-cells': [3] }
const gpio = { phandle: [2], '#interrupt-cells': [2] }

describe('interruptsOf', () => {
  it('takes the cells that the interrupt parent of a node above tells', () => {
    const uart = { interrupts: [0, 33, 4, 0, 34, 4], 'interrupt-names': ['rx', 'tx'] }
    expect(interrupts({ 'interrupt-parent': [1], gic, soc: { uart } }, '/soc/uart')).toEqual([
      ['/gic', [0, 33, 4], 'rx'],
      ['/gic', [0, 34, 4], 'tx'],
    ])
  })

  it('takes the nearest interrupt parent, and a controller above the node', () => {
    const x = { interrupts: [5, 1] }
    const root = { 'interrupt-parent': [1], gic, gpio: { ...gpio, x } }
    expect(interrupts(root, '/gpio/x')).toEqual([['/gpio', [5, 1]]])
    const own = { 'interrupt-parent': [2], interrupts: [7, 8] }
    expect(interrupts({ 'interrupt-parent': [1], gic, gpio, own }, '/own')).toEqual([
      ['/gpio', [7, 8]],
    ])
  })

  it('follows an interrupt parent that takes none itself', () => {
    const bus = { phandle: [9], 'interrupt-parent': [1] }
    const x = { 'interrupt-parent': [9], interrupts: [1, 2, 3] }
    expect(interrupts({ gic, bus, x }, '/x')).toEqual([['/gic', [1, 2, 3]]])
  })

  it('prefers interrupts-extended, each with its own controller', () => {
    const x = {
      interrupts: [9],
      'interrupts-extended': [1, 0, 33, 4, 0, 2, 5, 1],
      'interrupt-names': ['main', 'absent', 'wake'],
    }
    expect(interrupts({ gic, gpio, x }, '/x')).toEqual([
      ['/gic', [0, 33, 4], 'main'],
      ['/gpio', [5, 1], 'wake'],
    ])
  })

  it('has none for a node that raises none', () => {
    expect(interrupts({ x: {} }, '/x')).toEqual([])
  })

  it("has those of QEMU's board", () => {
    const tree = virtTree()
    const found = interruptsOf(tree, findNode(tree, '/pl011@9000000'))
    expect(found.map(({ controller, cells }) => [controller.path, cells])).toEqual([
      ['/intc@8000000', [0, 1, 4]],
    ])
  })
})

describe('a tree that contradicts itself', () => {
  it('is refused for interrupt parents in a circle', () => {
    const a = { phandle: [7], 'interrupt-parent': [8] }
    const b = { phandle: [8], 'interrupt-parent': [7] }
    const x = { 'interrupt-parent': [7], interrupts: [1] }
    expect(refusedInterrupts({ a, b, x }, '/x')).toBe(
      'EDEVICETREE the interrupt parents of /x form a circle: /a -> /b -> /a',
    )
    const self = { phandle: [7], 'interrupt-parent': [7], interrupts: [1] }
    expect(refusedInterrupts({ self }, '/self')).toBe(
      'EDEVICETREE the interrupt parents of /self form a circle: /self -> /self',
    )
  })

  it('is refused for interrupt parents that lead far', () => {
    const row = Array.from({ length: 200 }, (_, index): [string, NodeSpec] => [
      `n${index}`,
      { phandle: [index + 1], 'interrupt-parent': [index + 2], interrupts: [1] },
    ])
    expect(refusedInterrupts(Object.fromEntries(row), '/n0')).toBe(
      'EDEVICETREE the interrupt parents of /n0 lead over more than 128 nodes',
    )
  })

  it('is refused for references that lead nowhere', () => {
    expect(refusedInterrupts({ x: { interrupts: [1] } }, '/x')).toBe(
      'EDEVICETREE /x has no interrupt parent',
    )
    expect(refusedInterrupts({ x: { 'interrupt-parent': [5], interrupts: [1] } }, '/x')).toBe(
      'EDEVICETREE interrupt-parent of /x leads to phandle 5, which no node has',
    )
    expect(refusedInterrupts({ x: { 'interrupts-extended': [5, 1] } }, '/x')).toBe(
      'EDEVICETREE interrupts-extended of /x leads to phandle 5, which no node has',
    )
    const y = { phandle: [5] }
    expect(refusedInterrupts({ x: { 'interrupts-extended': [5, 1] }, y }, '/x')).toBe(
      'EDEVICETREE interrupts-extended of /x leads to /y, which takes no interrupts: it has no #interrupt-cells',
    )
  })

  it('is refused for what is cut off', () => {
    const x = { 'interrupt-parent': [1], interrupts: [1, 2, 3, 4] }
    expect(refusedInterrupts({ gic, x }, '/x')).toBe(
      'EDEVICETREE interrupts of /x has 1 cells for /gic: expected 3 for each interrupt',
    )
    const odd = { 'interrupt-parent': [1], interrupts: Buffer.from('abcde') }
    expect(refusedInterrupts({ gic, odd }, '/odd')).toBe(
      'EDEVICETREE interrupts of /odd has 5 bytes: expected cells of 4',
    )
  })

  it.each([0, 17, 0xffffffff])('is refused for %i interrupt cells', (count) => {
    const root = {
      pic: { phandle: [1], '#interrupt-cells': [count] },
      x: { 'interrupts-extended': [1, 1] },
    }
    expect(refusedInterrupts(root, '/x')).toBe(
      `EDEVICETREE #interrupt-cells of /pic is ${count}: expected 1 to 16`,
    )
  })
})
