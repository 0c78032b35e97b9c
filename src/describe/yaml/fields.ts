import { type Bits, countBits, formatBits, parseBits } from '../../text/bits.ts'
import { parseNumber } from '../../text/number.ts'
import { quote } from '../../text/refuse.ts'
import type { Field, WriteConstraint } from '../model.ts'
import { overlappingFields } from './overlaps.ts'
import { attempt, didYouMean, join, Part, type Reading } from './reading.ts'
import { cameOf, type Entry, type MapTree, mapTree, type Tree } from './tree.ts'
import { enumerationsOf, type Shared } from './values.ts'
import { accessOf, NAME, NAME_WORDS, READ_EFFECTS, repeatOf, WRITE_EFFECTS } from './words.ts'

/** What parts of the file have a name for others to use. */
export interface Named {
  enumerations: Shared
  fieldSets: Shared
}

/** The keys of a field. */
export const FIELD_KEYS = [
  ...['bits', 'description', 'access', 'on-read', 'on-write', 'safe', 'writes'],
  ...['values', 'read-values', 'write-values', 'count', 'stride', 'names'],
]

const HINTS = { enum: 'the names of values belong in "values"', bit: 'write "bits"' }

/** The fields at `fields:` of a register of `size` bits, in the order of the file. */
export function readFields(part: Part, size: number, named: Named): Field[] {
  const entries = fieldEntries(part, part.entry('fields')?.value, named, 0)
  const fields: Field[] = []
  for (const entry of entries.values()) {
    if (!part.reading.spend(part.path, entry.at)) break
    const field = readField(part.reading, part.path, entry, size, named)
    if (field !== undefined) fields.push(field)
  }
  for (const { one, other } of overlappingFields(fields)) {
    const at = entries.get(keyOf(one, entries))?.at ?? part.tree.at
    const message = `${formatBits(bitsOf(one))} overlaps ${other.name}, which is ${formatBits(bitsOf(other))}`
    part.reading.warning('fields-overlap', join(part.path, one.name), at, message)
  }
  return fields
}

function keyOf({ name }: Field, entries: ReadonlyMap<string, Entry>): string {
  return entries.has(name) ? name : name.replace('[%s]', '')
}

function bitsOf({ lsb, width }: Field): Bits {
  return { high: lsb + width - 1, low: lsb }
}

/** `fields: { … }`, `fields: NameOfASet`, or a list of such. */
function fieldEntries(
  part: Part,
  tree: Tree | undefined,
  named: Named,
  depth: number,
): Map<string, Entry> {
  if (tree === undefined) return new Map()
  if (tree.kind === 'map') return new Map(tree.entries)
  if (tree.kind === 'list' && depth === 0) {
    const made = new Map<string, Entry>()
    for (const item of tree.items) {
      for (const [name, entry] of fieldEntries(part, item, named, 1)) made.set(name, entry)
    }
    return made
  }
  const set = tree.kind === 'text' ? named.fieldSets.get(tree.text) : undefined
  if (set !== undefined) return new Map(set.entries)
  const names = [...named.fieldSets.keys()]
  const meant = tree.kind === 'text' ? didYouMean(tree.text, names) : ''
  const message = `fields: expected a mapping from names, or the name of a set in "field-sets", ${cameOf(tree, quote)}${meant}`
  part.reading.error('value', part.path, tree.at, message)
  part.bad = true
  return new Map()
}

/** A field's mapping, of which `7`, `6:4` and `[6:4, "Text"]` are short forms. */
export function fieldMap(tree: Tree): MapTree | undefined {
  if (tree.kind === 'map') return tree
  const entry = (key: string, value: Tree): Entry => ({ key, at: value.at, value })
  if (tree.kind === 'text') return mapTree(tree.at, [entry('bits', tree)])
  const [bits, text] = tree.items
  if (tree.items.length !== 2 || bits === undefined || text === undefined) return undefined
  return mapTree(tree.at, [entry('bits', bits), entry('description', text)])
}

function readField(
  reading: Reading,
  registerPath: string,
  { key, at, value }: Entry,
  size: number,
  named: Named,
): Field | undefined {
  const path = join(registerPath, key)
  if (!NAME.test(key) || key === '') {
    reading.error(
      'name',
      registerPath,
      at,
      `${quote(key)} is not a name of a field: expected ${NAME_WORDS}`,
    )
    return undefined
  }
  const map = fieldMap(value)
  if (map === undefined) {
    const example = 'expected bits such as 7 or 6:4, [6:4, "Text"], or a mapping with "bits"'
    reading.error('value', path, value.at, example)
    return undefined
  }
  const part = new Part(reading, path, map, FIELD_KEYS, HINTS)
  const bits = part.leaf('bits', 'bits such as 7 or 6:4', parseBits)
  if (bits === undefined) {
    if (!part.has('bits')) part.missing('bits', '"bits: 6:4"')
    return undefined
  }
  const width = countBits(bits)
  const { name, repeat } = repeatOf(part, key, width)
  const field: Field = {
    name,
    ...optional('description', part.text('description')),
    lsb: bits.low,
    width,
    ...optional('access', accessOf(part)),
    ...optional('readEffect', readEffectOf(part)),
    ...optional('writeEffect', part.choice('on-write', WRITE_EFFECTS)),
    ...optional('writeConstraint', constraintOf(part)),
    ...optional('repeat', repeat),
  }
  const highest = bits.high + (repeat === undefined ? 0 : repeat.stride * (repeat.count - 1))
  if (highest >= size) {
    part.refuse('bits', 'field-beyond-register', beyond(highest, size))
    return undefined
  }
  // A field without what it says of accesses would be one that is safe to touch.
  const usable = !part.bad
  const enumerations = enumerationsOf(part, width, named.enumerations)
  return usable ? { ...field, ...(enumerations.length > 0 && { enumerations }) } : undefined
}

function beyond(bit: number, size: number): string {
  return `bit ${bit} does not exist: the register has bits 0 to ${size - 1}`
}

/** `key: value`, or nothing. */
export function optional<K extends string, T>(key: K, value: T | undefined) {
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: T }
}

/** `on-read`, or `safe: true`, which says the same as `on-read: none`. */
export function readEffectOf(part: Part) {
  const effect = part.choice('on-read', READ_EFFECTS)
  const safe = part.choice('safe', ['true', 'false'] as const)
  if (safe === undefined || safe === 'false') return effect
  if (effect === undefined || effect === 'none') return 'none' as const
  part.refuse('safe', 'value', `a load is said to ${effect} it, by "on-read"`)
  return effect
}

/** `writes`: `as-read`, `values`, or `[0, 15]`. */
export function constraintOf(part: Part): WriteConstraint | undefined {
  const given = part.entry('writes')?.value
  if (given === undefined) return undefined
  if (given.kind === 'text' && given.text === 'as-read') return { kind: 'as-read' }
  if (given.kind === 'text' && given.text === 'values') return { kind: 'enumerated' }
  const ends =
    given.kind === 'list' && given.items.length === 2
      ? given.items.map((item) =>
          attempt(() =>
            parseNumber(item.kind === 'text' ? item.text : '', { max: 2n ** 64n - 1n }),
          ),
        )
      : []
  const [minimum, maximum] = ends.map((end) => ('value' in end ? end.value : undefined))
  if (minimum !== undefined && maximum !== undefined && minimum <= maximum) {
    return { kind: 'range', minimum, maximum }
  }
  const expected = 'expected as-read, values, or the least and the greatest value such as [0, 15]'
  part.refuse('writes', 'value', `${expected}, ${cameOf(given, quote)}`)
  return undefined
}
