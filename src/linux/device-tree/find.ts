import { type PhysmemError, RequestError } from '../../errors.ts'
import { quote } from '../../text/refuse.ts'
import { nearest } from '../../text/suggest.ts'
import { baseName, type DeviceTreeNode, nodesBelow } from './node.ts'
import { broken } from './refuse.ts'
import type { DeviceTree } from './tree.ts'
import { textOf } from './values.ts'

/**
 * The node that a person names: by its path (`/soc/serial@7e201000`), by an alias (`serial0`) or a
 * label, or by a path behind one of these (`soc/serial@7e201000`). A unit address may be left out
 * where no other child has the name. Throws ENOPLACE when there is none; EDEVICETREE when aliases
 * form a circle.
 */
export function findNode(tree: DeviceTree, name: string): DeviceTreeNode {
  return find(tree, name, [])
}

/** `seen` are the aliases that led here: one may stand for another. */
function find(tree: DeviceTree, name: string, seen: readonly string[]): DeviceTreeNode {
  const [first = '', ...rest] = name.split('/')
  const start = first === '' ? tree.root : named(tree, first, seen)
  // A slash at the end says no more than that what stands before it is a node.
  if (rest.at(-1) === '') rest.pop()
  let node = start
  for (const part of rest) node = childOf(tree, node, part)
  return node
}

function named(tree: DeviceTree, name: string, seen: readonly string[]): DeviceTreeNode {
  const meant = tree.aliases.get(name) ?? tree.labels.get(name)
  if (meant === undefined) throw unknownName(tree, name)
  if (seen.includes(name)) {
    const circle = [...seen.slice(seen.indexOf(name)), name].join(' -> ')
    throw broken(`aliases in ${tree.name} form a circle: ${circle}`, tree.name)
  }
  try {
    return find(tree, meant, [...seen, name])
  } catch (error) {
    if ((error as PhysmemError).code !== 'ENOPLACE') throw error
    throw absent(`${name} in ${tree.name} stands for ${quote(meant)}: there is no such node`, name)
  }
}

function childOf(tree: DeviceTree, node: DeviceTreeNode, name: string): DeviceTreeNode {
  const { children } = node
  const exact = children.find((child) => child.name === name)
  if (exact !== undefined) return exact
  const similar = name === '' ? [] : children.filter((child) => baseName(child.name) === name)
  const [only, ...others] = similar
  if (only !== undefined && others.length === 0) return only
  const what = `${node.path === '/' ? '' : node.path}/${name}`
  if (only !== undefined) {
    throw absent(`${what} in ${tree.name} may be ${some(similar, 'or')}: name one of them`, what)
  }
  const names = children.map((child) => child.name)
  const meant = nearest(name, names) ?? nearest(name, names.map(baseName))
  const why =
    meant !== undefined
      ? `did you mean ${meant}?`
      : children.length === 0
        ? `${node.path} has no children`
        : `${node.path} has ${some(children, 'and')}`
  throw absent(`there is no node ${what} in ${tree.name}: ${why}`, what)
}

function unknownName(tree: DeviceTree, name: string): RequestError {
  const known = [...tree.aliases.keys(), ...tree.labels.keys()]
  const start = `${quote(name)} is no alias or label in ${tree.name}`
  const places = nodesNamed(tree, name)
  const meant = nearest(name, known)
  if (places.length > 0)
    return absent(`${start}, did you mean ${some(places, 'or', pathOf)}?`, name)
  if (meant !== undefined) return absent(`${start}, did you mean ${meant}?`, name)
  if (tree.root.children.length === 0) return absent(`${start}: the tree is empty`, name)
  if (known.length === 0) return absent(`${start}: it has none, name the node by its path`, name)
  return absent(`${start}: it has ${listed(known, 'and')}`, name)
}

const pathOf = (node: DeviceTreeNode): string => node.path

/** Nodes anywhere in the tree that are called so, with or without their unit address. */
function nodesNamed(tree: DeviceTree, name: string): DeviceTreeNode[] {
  const found: DeviceTreeNode[] = []
  for (const node of nodesBelow(tree.root)) {
    if (node.parent && (node.name === name || baseName(node.name) === name)) found.push(node)
  }
  return found
}

const mostShown = 6

function some(
  nodes: readonly DeviceTreeNode[],
  word: string,
  show = (node: DeviceTreeNode) => node.name,
): string {
  return listed(nodes.map(show), word)
}

function listed(names: readonly string[], word: string): string {
  const shown = names.slice(0, mostShown)
  if (names.length > mostShown)
    return `${shown.join(', ')} ${word} ${names.length - mostShown} more`
  const last = shown.pop()
  return shown.length === 0 ? `${last}` : `${shown.join(', ')} ${word} ${last}`
}

function absent(message: string, place: string): RequestError {
  return new RequestError('ENOPLACE', message, { place })
}

/** The device that the boot console is on, and how it is set up: /chosen, `stdout-path`. */
export interface Console {
  node: DeviceTreeNode
  /** What stands behind the colon: `115200n8`. */
  options?: string
}

/** `undefined` when the tree names none, or one that does not exist. */
export function consoleOf(tree: DeviceTree): Console | undefined {
  const chosen = tree.root.children.find(({ name }) => name === 'chosen')
  const value = chosen && (textOf(chosen, 'stdout-path') ?? textOf(chosen, 'linux,stdout-path'))
  if (value === undefined) return undefined
  const colon = value.indexOf(':')
  const node = nodeOrNothing(tree, colon < 0 ? value : value.slice(0, colon))
  if (node === undefined) return undefined
  return colon < 0 ? { node } : { node, options: value.slice(colon + 1) }
}

/** The names that a node has in /aliases, for every node that has one, by path. */
export function aliasesByPath(tree: DeviceTree): Map<string, string[]> {
  const names = new Map<string, string[]>()
  for (const [alias, value] of tree.aliases) {
    const path = nodeOrNothing(tree, value)?.path
    if (path === undefined) continue
    names.set(path, [...(names.get(path) ?? []), alias])
  }
  return names
}

function nodeOrNothing(tree: DeviceTree, name: string): DeviceTreeNode | undefined {
  try {
    return findNode(tree, name)
  } catch {
    return undefined
  }
}
