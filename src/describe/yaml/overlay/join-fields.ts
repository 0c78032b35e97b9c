import { quote } from '../../../text/refuse.ts'
import type { Field } from '../../model.ts'
import { cameOf, type Tree } from '../tree.ts'
import { at, type Keyed, type Layer } from './layers.ts'
import { type Context, select } from './select.ts'

/** A new name, if one is given, and what it is made of. */
interface Wanted {
  keyed: Keyed & { text: string }
  name: string | undefined
}

/** `[A*, B*]`, `NEW: [A, B]` or `NEW: A*`. */
function wantedAt(layers: readonly Layer[], key: string, { path }: Context): Wanted[] {
  return at(layers, key).flatMap((keyed) => {
    const { value, layer } = keyed
    const textsOf = (tree: Tree): string[] => {
      const items = tree.kind === 'list' ? tree.items : [tree]
      return items.flatMap((item) => {
        if (item.kind === 'text' && item.text !== '') return [item.text]
        const message = `${key}: expected names of fields, ${cameOf(item, quote)}`
        layer.reading.error('value', path, item.at, message)
        return []
      })
    }
    if (value.kind !== 'map') {
      return textsOf(value).map((text) => ({ keyed: { ...keyed, text }, name: undefined }))
    }
    return [...value.entries.values()].flatMap((entry): Wanted[] => {
      const text = textsOf(entry.value).join(',')
      return text === '' ? [] : [{ keyed: { ...entry, layer, text }, name: entry.key }]
    })
  })
}

/** The fields, with those that a `_merge` names made one each. */
export function mergedFields(
  fields: readonly Field[],
  layers: readonly Layer[],
  context: Context,
): Field[] {
  let merged = [...fields]
  for (const { keyed, name } of wantedAt(layers, '_merge', context)) {
    const { chosen } = select(merged, keyed, 'field', context)
    const [first, ...others] = [...chosen].sort((a, b) => a.lsb - b.lsb)
    if (first === undefined) continue
    let end = first.lsb + first.width
    const stray = others.find((field) => {
      const isNext = field.lsb === end && field.repeat === undefined
      end = field.lsb + field.width
      return !isNext
    })
    if (stray !== undefined || first.repeat !== undefined) {
      const message = `_merge: ${(stray ?? first).name} does not begin where the one before it ends`
      keyed.layer.reading.error('collect', context.path, keyed.value.at, message)
      continue
    }
    const { enumerations: _gone, ...rest } = first
    const common = name ?? commonStart([...chosen].map((field) => field.name))
    const one = { ...rest, name: common === '' ? first.name : common, width: end - first.lsb }
    merged = merged.flatMap((field) => (field === first ? [one] : chosen.has(field) ? [] : [field]))
  }
  return merged
}

/** The fields, with those that a `_split` names made one for each of their bits. */
export function splitFields(
  fields: readonly Field[],
  layers: readonly Layer[],
  context: Context,
): Field[] {
  let parted = [...fields]
  for (const { keyed, name } of wantedAt(layers, '_split', context)) {
    const { chosen } = select(parted, keyed, 'field', context)
    parted = parted.flatMap((field) => {
      if (!chosen.has(field) || field.repeat !== undefined) return [field]
      const { enumerations: _gone, ...rest } = field
      return Array.from({ length: field.width }, (_, bit) => ({
        ...rest,
        name: name?.includes('%s')
          ? name.replace('%s', () => `${bit}`)
          : `${name ?? field.name}${bit}`,
        lsb: field.lsb + bit,
        width: 1,
      }))
    })
  }
  return parted
}

function commonStart(names: readonly string[]): string {
  const [first = '', ...others] = names
  let length = first.length
  while (!others.every((name) => name.startsWith(first.slice(0, length)))) length--
  return first.slice(0, length)
}
