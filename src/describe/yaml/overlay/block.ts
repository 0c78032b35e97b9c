import { quote } from '../../../text/refuse.ts'
import type { Cluster, Register } from '../../model.ts'
import { readRegisters } from '../registers.ts'
import { mapTree } from '../tree.ts'
import { collectClusters, collectRegisters } from './collect-registers.ts'
import { isEffect } from './field.ts'
import { type Keyed, type Layer, textsAt, within } from './layers.ts'
import { ownNames } from './names.ts'
import { changeCluster, changeRegister, NOTHING_NAMED, patchRegister } from './register.ts'
import {
  type Context,
  inside,
  keysOf,
  layersIn,
  namesAmong,
  refuseUnknown,
  select,
} from './select.ts'
import { stripped } from './strip.ts'

type Child = Register | Cluster

const SECTIONS = ['_registers', '_clusters']

const CHANGES = [
  ...['_include', '_delete', '_copy', '_modify', '_add', '_strip', '_strip_end', '_derive'],
  ...['_clear_fields', '_array', '_cluster', '_interrupts', ...SECTIONS],
]

/** The registers and clusters of a block, or of a cluster, with the changes that layers make to them. */
export function patchChildren(
  children: readonly Child[],
  layers: readonly Layer[],
  context: Context,
): Child[] {
  const { path } = context
  refuseUnknown(layers, CHANGES, path)
  let list: Child[] = [...children]
  const each = (keyed: Keyed & { text?: string }, change: (child: Child) => Child) => {
    const { chosen } = select(list, keyed, 'register', context)
    list = list.map((child) => (chosen.has(child) ? change(child) : child))
  }
  for (const keyed of textsAt(layers, '_delete', path, SECTIONS)) {
    const { chosen } = select(list, keyed, 'register', context)
    list = list.filter((child) => !chosen.has(child))
  }
  for (const keyed of within(layers, '_copy', path)) put(keyed, 'from')
  for (const keyed of namesAmong(within(layers, '_modify', path), SECTIONS)) {
    each(keyed, (child) => {
      const here = inside(context, child.name)
      if (child.kind === 'cluster') return changeCluster(child, keyed, here)
      return changeRegister(child, keyed, here)
    })
  }
  list = stripped(list, layers, path)
  for (const keyed of namesAmong(within(layers, '_add', path), SECTIONS)) {
    for (const child of added(keyed, path)) append(keyed, child)
  }
  for (const keyed of within(layers, '_derive', path)) put(keyed, '_from')
  for (const keyed of textsAt(layers, '_clear_fields', path)) {
    each(keyed, (child) => (child.kind === 'cluster' ? child : cleared(child)))
  }
  for (const keyed of namesAmong(keysOf(layers), SECTIONS)) {
    if (isEffect(keyed)) continue
    const inner = layersIn(keyed, context)
    each(keyed, (child) => {
      const here = inside(context, child.name)
      if (child.kind === 'register') return patchRegister(child, inner, here)
      return { ...child, children: patchChildren(child.children, inner, here) }
    })
  }
  list = collectRegisters(list, layers, context)
  list = collectClusters(list, layers, context)
  const effects = layers.filter(({ map }) => [...map.entries.values()].some(isEffect))
  for (const layer of effects) list = list.map((child) => safer(child, layer, context))
  return list

  function append(keyed: Keyed, child: Child) {
    if (!list.some(({ name }) => name === child.name)) list.push(child)
    else {
      const message = `_add: there is ${quote(child.name)} already`
      keyed.layer.reading.error('duplicate-name', path, keyed.at, message)
    }
  }

  /** `NEW: OLD`, or `NEW: { from: OLD, … }`: all of the old one, except for its place and name. */
  function put(keyed: Keyed, fromKey: string) {
    const { value } = keyed
    const from = value.kind === 'map' ? value.entries.get(fromKey)?.value : value
    const text = from?.kind === 'text' ? from.text : ''
    const { chosen } = select(list, { ...keyed, value: from ?? value, text }, 'register', context)
    const [base] = chosen
    if (base === undefined) return
    const now = list.find(({ name }) => name === keyed.key)
    const { repeat: _repeat, alternate: _alternate, ...rest } = base
    const copy = { ...rest, name: keyed.key, offset: now?.offset ?? base.offset } as Child
    const own =
      value.kind === 'map' ? [...value.entries.values()].filter(({ key }) => key !== fromKey) : []
    const change = { ...keyed, value: mapTree(value.at, own) }
    const here = inside(context, keyed.key)
    const made =
      copy.kind === 'cluster'
        ? changeCluster(copy, change, here)
        : changeRegister(copy, change, here)
    if (now === undefined) list.push(made)
    else list = list.map((child) => (child === now ? made : child))
  }
}

function added(keyed: Keyed, path: string): Child[] {
  const { value, layer } = keyed
  const own = value.kind === 'map' ? ownNames(value) : value
  const map = mapTree(keyed.at, [{ ...keyed, value: own }])
  return readRegisters(layer.reading, path, map, NOTHING_NAMED, { width: 32, access: 'read-write' })
}

function cleared(register: Register): Register {
  const fields = register.fields.map(({ enumerations: _gone, ...field }) => field)
  return { ...register, fields }
}

/** `safe: true` for a block: loads of registers of which nothing is known do nothing besides. */
function safer(child: Child, layer: Layer, context: Context): Child {
  const safe = layer.map.entries.get('safe')?.value
  if (safe?.kind !== 'text' || safe.text !== 'true') return child
  if (child.kind === 'cluster') {
    return { ...child, children: child.children.map((one) => safer(one, layer, context)) }
  }
  return child.readEffect === undefined ? { ...child, readEffect: 'none' } : child
}
