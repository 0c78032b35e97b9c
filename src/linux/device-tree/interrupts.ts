/** Devicetree Specification v0.4, 2.4; drivers/of/irq.c. */
import type { DeviceTreeNode } from './node.ts'
import { broken } from './refuse.ts'
import type { DeviceTree } from './tree.ts'
import { cellOf, cellsOf, stringList } from './values.ts'

/** An interrupt that a device raises. */
export interface Interrupt {
  /** The interrupt controller, or the nexus that maps it on. */
  controller: DeviceTreeNode
  /** What the controller takes to name it: its own number, edge or level, … */
  cells: number[]
  /** From `interrupt-names`. */
  name?: string
}

/** include/linux/of.h, MAX_PHANDLE_ARGS. */
const maxCells = 16

/** More than can stand above a node, so that a long way of phandles ends. */
const mostParents = 128

/**
 * The interrupts of a node: those of `interrupts-extended`, or of `interrupts` at its interrupt
 * parent. Throws EDEVICETREE for references that lead nowhere or in a circle, and for a property
 * that is cut off.
 */
export function interruptsOf(tree: DeviceTree, node: DeviceTreeNode): Interrupt[] {
  const extended = node.properties.has('interrupts-extended')
  const property = extended ? 'interrupts-extended' : 'interrupts'
  const cells = cellsOf(node, property)
  const names = stringList(node, 'interrupt-names')
  const interrupts: Interrupt[] = []
  const parent = extended || cells.length === 0 ? undefined : interruptParentOf(tree, node)
  let position = -1
  for (let at = 0; at < cells.length; ) {
    // A phandle of 0 keeps the place of an interrupt that is not connected.
    const phandle = extended ? cells[at++] : undefined
    position++
    if (phandle === 0) continue
    const controller = parent ?? controllerOf(tree, node, property, phandle ?? 0)
    const count = interruptCells(controller)
    if (at + count > cells.length) {
      throw broken(
        `${property} of ${node.path} has ${cells.length - at} cells for ${controller.path}: expected ${count} for each interrupt`,
        node.path,
      )
    }
    const name = names[position]
    interrupts.push({
      controller,
      cells: cells.slice(at, at + count),
      ...(name === undefined || name === '' ? {} : { name }),
    })
    at += count
  }
  return interrupts
}

/**
 * The controller or nexus that the interrupts of a node go to: along `interrupt-parent` or up the
 * tree, to the first that takes interrupts (drivers/of/irq.c, of_irq_find_parent).
 */
export function interruptParentOf(tree: DeviceTree, node: DeviceTreeNode): DeviceTreeNode {
  const passed = [node]
  let at = node
  for (;;) {
    const phandle = cellOf(at, 'interrupt-parent')
    const next =
      phandle === undefined ? at.parent : byPhandle(tree, at, 'interrupt-parent', phandle)
    if (next === undefined) throw broken(`${node.path} has no interrupt parent`, node.path)
    if (next.properties.has('#interrupt-cells')) return next
    if (passed.includes(next)) {
      const circle = [...passed.slice(passed.indexOf(next)), next].map(({ path }) => path)
      throw broken(
        `the interrupt parents of ${node.path} form a circle: ${circle.join(' -> ')}`,
        node.path,
      )
    }
    if (passed.length === mostParents) {
      throw broken(
        `the interrupt parents of ${node.path} lead over more than ${mostParents} nodes`,
        node.path,
      )
    }
    passed.push(next)
    at = next
  }
}

function controllerOf(
  tree: DeviceTree,
  node: DeviceTreeNode,
  property: string,
  phandle: number,
): DeviceTreeNode {
  const controller = byPhandle(tree, node, property, phandle)
  if (controller.properties.has('#interrupt-cells')) return controller
  throw broken(
    `${property} of ${node.path} leads to ${controller.path}, which takes no interrupts: it has no #interrupt-cells`,
    node.path,
  )
}

function byPhandle(tree: DeviceTree, node: DeviceTreeNode, property: string, phandle: number) {
  const found = tree.byPhandle(phandle)
  if (found !== undefined) return found
  throw broken(
    `${property} of ${node.path} leads to phandle ${phandle}, which no node has`,
    node.path,
  )
}

function interruptCells(controller: DeviceTreeNode): number {
  const count = cellOf(controller, '#interrupt-cells') ?? 0
  if (count >= 1 && count <= maxCells) return count
  throw broken(
    `#interrupt-cells of ${controller.path} is ${count}: expected 1 to ${maxCells}`,
    controller.path,
  )
}
