import { type PhysmemError, RequestError } from '../../base/errors.ts'
import { clip, quote } from '../../text/refuse.ts'
import { nearest } from '../../text/suggest.ts'
import { baseName, type DeviceTreeNode, maxDepth, nodesBelow } from './node.ts'
import { broken } from './refuse.ts'
import type { DeviceTree } from './tree.ts'
import { textOf } from './values.ts'

/**
 * The node that a person names: by its path (`/soc/serial@7e201000`), by an alias (`serial0`) or a
 * label, or by a path after one of these (`soc/serial@7e201000`). A unit address may be left out
 * where no other child has the name. Throws ENOPLACE when there is none; EDEVICETREE when aliases
 * form a circle.
 */
export function findNode(tree: DeviceTree, name: string): DeviceTreeNode {
  const found = find(tree, name, [])
  if ('refuse' in found) throw found.refuse()
  return found.node
}

/** A refusal is worded only when somebody wants to read it: that takes longer than the search. */
type Found = { node: DeviceTreeNode } | { refuse: () => PhysmemError }

/** One alias may stand for another, but not for the last of a long row. */
const mostAliases = 8

/** `seen` are the aliases that led here. */
function find(tree: DeviceTree, name: string, seen: readonly string[]): Found {
  const [first = '', ...rest] = name.split('/', maxDepth + 1)
  // A slash at the end says no more than that what stands before it is a node.
  if (rest.at(-1) === '') rest.pop()
  let found = first === '' ? { node: tree.root } : named(tree, first, seen)
  for (const part of rest) {
    if ('refuse' in found) return found
    found = childOf(tree, found.node, part)
  }
  return found
}

function named(tree: DeviceTree, name: string, seen: readonly string[]): Found {
  const meant = tree.aliases.get(name) ?? tree.labels.get(name)
  if (meant === undefined) return { refuse: () => unknownName(tree, name) }
  if (seen.includes(name)) {
    const circle = [...seen.slice(seen.indexOf(name)), name].map(clip).join(' -> ')
    return { refuse: () => broken(`aliases in ${tree.name} form a circle: ${circle}`, tree.name) }
  }
  if (seen.length === mostAliases) {
    const what = `${clip(seen[0] ?? name)} in ${tree.name} leads over more than ${mostAliases} aliases`
    return { refuse: () => broken(what, tree.name) }
  }
  const found = find(tree, meant, [...seen, name])
  if (!('refuse' in found)) return found
  return {
    refuse: () => {
      const error = found.refuse()
      if (error.code !== 'ENOPLACE') return error
      const what = `${clip(name)} in ${tree.name} stands for ${quote(meant)}`
      return absentNode(`${what}: there is no such node`, name)
    },
  }
}

function childOf(tree: DeviceTree, node: DeviceTreeNode, name: string): Found {
  const candidates = tree.childrenNamed(node, name)
  const [only, ...others] = candidates
  if (only === undefined) return { refuse: () => noChild(tree, node, name) }
  if (others.length === 0) return { node: only }
  const what = pathBelow(node, name)
  const choice = `may be ${listed(candidates.map(nameOf), 'or')}: name one of them`
  return { refuse: () => absentNode(`${what} in ${tree.name} ${choice}`, what) }
}

const nameOf = (node: DeviceTreeNode): string => node.name
const pathOf = (node: DeviceTreeNode): string => node.path

const pathBelow = (node: DeviceTreeNode, name: string): string =>
  `${node.path === '/' ? '' : node.path}/${clip(name)}`

function noChild(tree: DeviceTree, node: DeviceTreeNode, name: string): RequestError {
  const names = node.children.map(nameOf)
  const meant = nearest(name, names) ?? nearest(name, names.map(baseName))
  const what = pathBelow(node, name)
  const start = `there is no node ${what} in ${tree.name}`
  if (meant !== undefined) return absentNode(`${start}: did you mean ${meant}?`, what)
  if (names.length === 0) return absentNode(`${start}: ${node.path} has no children`, what)
  return absentNode(`${start}: ${node.path} has ${listed(names, 'and')}`, what)
}

function unknownName(tree: DeviceTree, name: string): RequestError {
  const known = [...tree.aliases.keys(), ...tree.labels.keys()]
  const start = `${quote(name)} is not an alias or label in ${tree.name}`
  const places = nodesNamed(tree, name).map(pathOf)
  const meant = nearest(name, known)
  if (places.length > 0) return absentNode(`${start}, did you mean ${listed(places, 'or')}?`, name)
  if (meant !== undefined) return absentNode(`${start}, did you mean ${meant}?`, name)
  if (tree.root.children.length === 0) return absentNode(`${start}: the tree is empty`, name)
  if (known.length === 0)
    return absentNode(`${start}: it has none, name the node by its path`, name)
  return absentNode(`${start}: it has ${listed(known, 'and')}`, name)
}

/** Nodes anywhere in the tree that are called so, with or without their unit address. */
function nodesNamed(tree: DeviceTree, name: string): DeviceTreeNode[] {
  const found: DeviceTreeNode[] = []
  for (const node of nodesBelow(tree.root)) {
    if (node.parent && (node.name === name || baseName(node.name) === name)) found.push(node)
  }
  return found
}

const mostShown = 6

function listed(names: readonly string[], word: string): string {
  const shown = names.slice(0, mostShown)
  if (names.length > mostShown)
    return `${shown.join(', ')} ${word} ${names.length - mostShown} more`
  const last = shown.pop()
  return shown.length === 0 ? `${last}` : `${shown.join(', ')} ${word} ${last}`
}

function absentNode(message: string, place: string): RequestError {
  return new RequestError('ENOPLACE', message, { place })
}

/** The device that the boot console is on, and how it is set up: /chosen, `stdout-path`. */
export interface Console {
  node: DeviceTreeNode
  /** What follows the colon: `115200n8`. */
  options?: string
}

/** `undefined` when the tree names none, or one that does not exist. */
export function consoleOf(tree: DeviceTree): Console | undefined {
  const chosen = tree.root.children.find(({ name }) => name === 'chosen')
  const value = chosen && (textOf(chosen, 'stdout-path') ?? textOf(chosen, 'linux,stdout-path'))
  if (value === undefined) return undefined
  const colon = value.indexOf(':')
  const found = find(tree, colon < 0 ? value : value.slice(0, colon), [])
  if ('refuse' in found) return undefined
  return colon < 0 ? found : { ...found, options: value.slice(colon + 1) }
}

/** The names that nodes have in /aliases. What leads nowhere is left out. */
export function aliasesByNode(tree: DeviceTree): Map<DeviceTreeNode, string[]> {
  const names = new Map<DeviceTreeNode, string[]>()
  for (const [alias, value] of tree.aliases) {
    const found = find(tree, value, [alias])
    if ('refuse' in found) continue
    const list = names.get(found.node)
    if (list === undefined) names.set(found.node, [alias])
    else list.push(alias)
  }
  return names
}
