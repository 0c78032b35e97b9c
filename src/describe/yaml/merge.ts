import { quote } from '../../text/refuse.ts'
import { fieldMap } from './fields.ts'
import { didYouMean, type Reading } from './reading.ts'
import { type Entry, type MapTree, mapTree, type Tree } from './tree.ts'

/** What is of one place or of one kind of device alone, and is not taken over from another part. */
const OWN = [
  ...['is', 'offset', 'base', 'at', 'count', 'stride', 'names', 'alternate', 'alternate-group'],
  ...['compatible', 'pci', 'class', 'acpi', 'within', 'safe'],
]

/** Parts of which each is as the next. */
const LONGEST_CHAIN = 64

/** A register's mapping, of which `0x10` is a short form. */
export function registerMap(tree: Tree): MapTree | undefined {
  if (tree.kind === 'map') return tree
  if (tree.kind === 'list') return undefined
  return mapTree(tree.at, [{ key: 'offset', at: tree.at, value: tree }])
}

/**
 * The mapping of a part, with what `is: OTHER` takes over from another part of `scope`. Nothing,
 * which is told, where there is no such part, or where it leads in a circle.
 */
export function resolveIs(
  reading: Reading,
  path: string,
  map: MapTree,
  scope: ReadonlyMap<string, Entry>,
  what: string,
): MapTree | undefined {
  let merged = map
  const seen = new Set<Tree>([map])
  for (;;) {
    const is = merged.entries.get('is')
    if (is === undefined) return merged
    const name = is.value.kind === 'text' ? is.value.text : ''
    const base = scope.get(name)
    const baseMap = base === undefined ? undefined : registerMap(base.value)
    if (baseMap === undefined) {
      const meant = didYouMean(name, scope.keys())
      reading.error(
        'unknown-part',
        path,
        is.value.at,
        `is: there is no ${what} ${quote(name)}${meant}`,
      )
      return undefined
    }
    if (seen.has(baseMap) || seen.size === LONGEST_CHAIN) {
      const leads = seen.has(baseMap)
        ? 'back to where it began'
        : `over more than ${LONGEST_CHAIN} parts`
      reading.error('circle', path, is.value.at, `is: ${quote(name)} leads ${leads}`)
      return undefined
    }
    seen.add(baseMap)
    const further = baseMap.entries.get('is')
    const taken = mergeMaps(baseMap, merged, OWN)
    merged = mapTree(map.at, without(taken, 'is', further))
  }
}

function without(map: MapTree, key: string, instead: Entry | undefined): Entry[] {
  const rest = [...map.entries.values()].filter((entry) => entry.key !== key)
  return instead === undefined ? rest : [...rest, instead]
}

/** Keys of `own` count; the parts in `registers` and `fields` of both are merged by name. */
function mergeMaps(base: MapTree, own: MapTree, dropped: readonly string[]): MapTree {
  const entries = new Map<string, Entry>()
  for (const [key, entry] of base.entries) if (!dropped.includes(key)) entries.set(key, entry)
  for (const [key, entry] of own.entries) {
    const before = entries.get(key)?.value
    const nested = key === 'registers' || key === 'fields'
    if (nested && before?.kind === 'map' && entry.value.kind === 'map') {
      const asMap = key === 'fields' ? fieldMap : registerMap
      entries.set(key, { ...entry, value: mergeNamed(before, entry.value, asMap) })
    } else {
      entries.set(key, entry)
    }
  }
  return { kind: 'map', at: own.at, entries }
}

function mergeNamed(
  base: MapTree,
  own: MapTree,
  asMap: (tree: Tree) => MapTree | undefined,
): MapTree {
  const entries = new Map(base.entries)
  for (const [name, entry] of own.entries) {
    const [before, after] = [base.entries.get(name)?.value, entry.value]
    const [baseMap, ownMap] = [before && asMap(before), asMap(after)]
    if (baseMap === undefined || ownMap === undefined) entries.set(name, entry)
    else entries.set(name, { ...entry, value: mergeMaps(baseMap, ownMap, []) })
  }
  return { kind: 'map', at: own.at, entries }
}
