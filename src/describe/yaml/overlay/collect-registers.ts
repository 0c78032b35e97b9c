import type { Cluster, Register } from '../../model.ts'
import { mapTree } from '../tree.ts'
import { type Keyed, type Layer, within } from './layers.ts'
import { changeCluster, changeRegister, patchRegister } from './register.ts'
import { arrayKeys, instead, type Row, rowOf, textOf } from './rows.ts'
import { type Context, inside, layersIn } from './select.ts'

type Child = Register | Cluster

/** The registers, with those that an `_array` names made one that repeats. */
export function collectRegisters(
  children: readonly Child[],
  layers: readonly Layer[],
  context: Context,
): Child[] {
  let collected = [...children]
  for (const keyed of within(layers, '_array', context.path)) {
    const registers = collected.filter((child): child is Register => child.kind === 'register')
    const row = rowOf(
      registers,
      keyed,
      'register',
      ({ offset }) => offset,
      ({ width }) => width / 8,
      context,
    )
    if (row === undefined) continue
    const { name, rest } = arrayKeys(keyed, row)
    const here = inside(context, name)
    const said = changeRegister({ ...row.first, name, repeat: row.repeat }, rest, here)
    const patched = patchRegister(said, changesIn(keyed, context), here)
    collected = instead(collected, row, patched)
  }
  return collected
}

/** The registers, with those that a `_cluster` names put into one. */
export function collectClusters(
  children: readonly Child[],
  layers: readonly Layer[],
  context: Context,
): Child[] {
  let collected = [...children]
  for (const keyed of within(layers, '_cluster', context.path)) {
    const registers = collected.filter((child): child is Register => child.kind === 'register')
    const made = clusterOf(registers, keyed, context)
    if (made === undefined) continue
    const place = collected.findIndex((child) => made.all.has(child as Register))
    collected.splice(place, 0, made.cluster)
    collected = collected.filter((child) => !made.all.has(child as Register))
  }
  return collected
}

function clusterOf(registers: readonly Register[], keyed: Keyed, context: Context) {
  const fail = (message: string) => {
    keyed.layer.reading.error(
      'collect',
      context.path,
      keyed.at,
      `_cluster ${keyed.key}: ${message}`,
    )
    return undefined
  }
  const entries = layersIn(keyed, context).flatMap(({ map, ...layer }) =>
    [...map.entries.values()].map((entry) => ({ ...entry, layer: { map, ...layer } })),
  )
  const specs = entries.filter(({ key, value }) => value.kind === 'map' && !key.startsWith('_'))
  const rows: (Row<Register> & { name: string })[] = []
  for (const spec of specs) {
    const row = rowOf(
      registers,
      spec,
      'register',
      ({ offset }) => offset,
      ({ width }) => width / 8,
      context,
    )
    if (row === undefined) return undefined
    const given = textOf(spec, 'name')
    rows.push({
      ...row,
      name: given ?? (`${row.before}${row.after}`.replace(/^_+|_+$/g, '') || spec.key),
    })
  }
  const [first] = rows
  if (first === undefined) return fail('it names no registers')
  const { count, stride, names } = first.repeat
  const other = rows.find(
    ({ repeat }) =>
      repeat.count !== count ||
      (count > 1 && repeat.stride !== stride) ||
      `${repeat.names}` !== `${names}`,
  )
  if (other !== undefined) {
    return fail(`${other.first.name} and those like it repeat differently from ${first.first.name}`)
  }
  const offset = Math.min(...rows.map((row) => row.first.offset))
  const isOne = count === 1 && !keyed.key.includes('%s')
  const attributes = entries.filter(
    ({ key, value }) => value.kind !== 'map' && !key.startsWith('_'),
  )
  const name = isOne || keyed.key.includes('%s') ? keyed.key : `${keyed.key}%s`
  const cluster: Cluster = {
    kind: 'cluster',
    name,
    offset,
    children: rows.map((row) => ({
      ...row.first,
      name: row.name,
      offset: row.first.offset - offset,
    })),
    ...(isOne ? {} : { repeat: first.repeat }),
  }
  const value = mapTree(keyed.at, attributes)
  return {
    cluster: changeCluster(cluster, { ...keyed, value }, inside(context, name)),
    all: new Set(rows.flatMap(({ all }) => [...all])),
  }
}

/** The changes to the fields of an array, beside its properties. */
function changesIn(keyed: Keyed, context: Context): Layer[] {
  if (keyed.value.kind !== 'map') return []
  return layersIn(keyed, context).map((layer) => ({
    ...layer,
    map: mapTree(
      layer.map.at,
      [...layer.map.entries.values()].filter(
        ({ key }) => key.startsWith('_') && key !== '_start_from_zero',
      ),
    ),
  }))
}
