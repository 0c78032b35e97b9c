import { PhysmemError } from '../../../base/errors.ts'
import { quote } from '../../../text/refuse.ts'
import type { Issue, SourceText } from '../../model.ts'
import { parseTree } from '../parse.ts'
import { Reading } from '../reading.ts'
import { cameOf, type Entry, type MapTree, type Tree } from '../tree.ts'

/** One mapping of an overlay, and the file that it stands in. */
export interface Layer {
  map: MapTree
  reading: Reading
  source: SourceText
}

/** A key of a layer, and the layer. */
export interface Keyed extends Entry {
  layer: Layer
}

const DEEPEST = 16
/** An overlay that includes files which include files twice would soon be of any size. */
const MOST_INCLUDED = 10_000

/** The files of one overlay, each read once. */
export class Files {
  readonly issues: Issue[] = []
  readonly #read = new Map<string, Layer | undefined>()
  #included = 0

  /** The file itself. Throws ESYNTAX for what is not YAML, or no mapping. */
  open(source: SourceText): Layer | undefined {
    if (this.#read.has(source.name)) return this.#read.get(source.name)
    this.#read.set(source.name, undefined)
    const { tree, duplicates } = parseTree(source.text, source.name)
    const reading = new Reading(source.name, this.issues)
    for (const { key, at, first } of duplicates) {
      const message = `${quote(key)} is given twice: the first, in line ${first.line}, counts`
      reading.error('duplicate-name', '', at, message)
    }
    if (tree.kind !== 'map') {
      const message = `expected an overlay, a mapping from names to changes, ${cameOf(tree, quote)}`
      reading.error('value', '', tree.at, message)
      return undefined
    }
    const layer = { map: tree, reading, source }
    this.#read.set(source.name, layer)
    return layer
  }

  /** A layer, and before it all that it includes. */
  withIncluded(layer: Layer, depth = 0): Layer[] {
    const include = layer.map.entries.get('_include')
    if (include === undefined) return [layer]
    const named = include.value.kind === 'list' ? include.value.items : [include.value]
    const before = named.flatMap((item) => this.#include(layer, item, depth))
    return [...before, layer]
  }

  #include(layer: Layer, item: Tree, depth: number): Layer[] {
    const fail = (message: string) => {
      layer.reading.error('include', '', item.at, `_include: ${message}`)
      return []
    }
    if (item.kind !== 'text') return fail(`expected the name of a file, ${cameOf(item, quote)}`)
    if (depth === DEEPEST) return fail(`inclusions nest up to ${DEEPEST} deep`)
    this.#included += 1
    if (this.#included > MOST_INCLUDED) {
      return this.#included === MOST_INCLUDED + 1
        ? fail(`more than ${MOST_INCLUDED} inclusions`)
        : []
    }
    try {
      const opened = this.open(layer.source.open(item.text))
      return opened === undefined ? [] : this.withIncluded(opened, depth + 1)
    } catch (error) {
      if (!(error instanceof PhysmemError)) throw error
      return fail(error.message)
    }
  }
}

/** A key in all layers that have it. */
export function at(layers: readonly Layer[], key: string): Keyed[] {
  return layers.flatMap((layer) => {
    const entry = layer.map.entries.get(key)
    return entry === undefined ? [] : [{ ...entry, layer }]
  })
}

/** All keys of the mappings at a key; anything else is reported. */
export function within(layers: readonly Layer[], key: string, path: string): Keyed[] {
  return at(layers, key).flatMap(({ value, layer }) => {
    if (value.kind === 'map') {
      return [...value.entries.values()].map((entry) => ({ ...entry, layer }))
    }
    const message = `${key}: expected a mapping from names, ${cameOf(value, quote)}`
    layer.reading.error('value', path, value.at, message)
    return []
  })
}

/** The texts at a key: one, or a list; also below one of `sections` of a mapping. */
export function textsAt(
  layers: readonly Layer[],
  key: string,
  path: string,
  sections: readonly string[] = [],
): (Keyed & { text: string })[] {
  const texts: (Keyed & { text: string })[] = []
  const collect = (entry: Keyed, value: Tree, depth: number): void => {
    if (value.kind === 'text') {
      // A list of names may also stand on one line: each is a spec of its own, which has commas.
      texts.push({ ...entry, value, text: value.text })
    } else if (value.kind === 'list' && depth < 2) {
      for (const item of value.items) collect(entry, item, depth + 1)
    } else if (value.kind === 'map' && sections.length > 0 && depth === 0) {
      for (const inner of value.entries.values()) {
        if (sections.includes(inner.key)) collect(entry, inner.value, 1)
        else if (!inner.key.startsWith('_'))
          texts.push({ ...entry, value: inner.value, text: inner.key })
      }
    } else {
      const message = `${key}: expected names, ${cameOf(value, quote)}`
      entry.layer.reading.error('value', path, value.at, message)
    }
  }
  for (const entry of at(layers, key)) collect(entry, entry.value, 0)
  return texts
}
