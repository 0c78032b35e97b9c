import { quote } from '../../../text/refuse.ts'
import { didYouMean, join } from '../reading.ts'
import { cameOf } from '../tree.ts'
import type { Files, Keyed, Layer } from './layers.ts'
import { parseSpec, type Spec } from './spec.ts'

/** What the parts of one patch share. */
export interface Context {
  files: Files
  /** Of what is patched: `UART0`, `UART0.CR`. */
  path: string
}

/** Which of `items` a key means; where there is none, and none is optional, that is reported. */
export function select<T extends { name: string }>(
  items: readonly T[],
  keyed: Keyed & { text?: string },
  what: string,
  { path }: Context,
): { chosen: ReadonlySet<T>; spec: Spec } {
  const text = keyed.text ?? keyed.key
  const spec = parseSpec(text)
  const chosen = new Set(items.filter(({ name }) => spec.matches(name)))
  if (chosen.size === 0 && !spec.isOptional) {
    const meant = didYouMean(
      text,
      items.slice(0, 2000).map(({ name }) => name),
    )
    const at = keyed.text === undefined ? keyed.at : keyed.value.at
    keyed.layer.reading.error('unmatched', path, at, `no ${what} is ${quote(text)}${meant}`)
  }
  return { chosen, spec }
}

/** The context of a part. */
export function inside(context: Context, name: string): Context {
  return { ...context, path: join(context.path, name) }
}

/** The mapping at a key as a layer, with what it includes before it. */
export function layersIn(keyed: Keyed, { files, path }: Context): Layer[] {
  const { value, layer } = keyed
  if (value.kind === 'map') return files.withIncluded({ ...layer, map: value })
  const message = `${keyed.key}: expected a mapping, ${cameOf(value, quote)}`
  layer.reading.error('value', path, value.at, message)
  return []
}

/** The names among keys, and below `sections` such as `_registers`; other keys with `_` are left. */
export function namesAmong(keys: readonly Keyed[], sections: readonly string[]): Keyed[] {
  return keys.flatMap((keyed) => {
    if (!keyed.key.startsWith('_')) return [keyed]
    if (!sections.includes(keyed.key) || keyed.value.kind !== 'map') return []
    return [...keyed.value.entries.values()].map((entry) => ({ ...entry, layer: keyed.layer }))
  })
}

/** All keys of all layers. */
export function keysOf(layers: readonly Layer[]): Keyed[] {
  return layers.flatMap((layer) =>
    [...layer.map.entries.values()].map((entry) => ({ ...entry, layer })),
  )
}

/** Tells of keys with `_` that are none of `known`, since a change that is not made is no small thing. */
export function refuseUnknown(layers: readonly Layer[], known: readonly string[], path: string) {
  for (const { key, at, layer } of keysOf(layers)) {
    if (!key.startsWith('_') || known.includes(key)) continue
    const message = `unknown change ${quote(key)}${didYouMean(key, known)}`
    layer.reading.error('unknown-key', path, at, message)
  }
}
