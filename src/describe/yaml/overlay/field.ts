import { countBits, parseBits } from '../../../text/bits.ts'
import { quote } from '../../../text/refuse.ts'
import type { Enumeration, Field, ReadEffect, WriteEffect } from '../../model.ts'
import { constraintOf, FIELD_KEYS, optional, readEffectOf } from '../fields.ts'
import { Part } from '../reading.ts'
import { cameOf, type Entry, type MapTree, mapTree, type Tree } from '../tree.ts'
import { readValues } from '../values.ts'
import { accessOf, NAME, repeatOf, WRITE_EFFECTS } from '../words.ts'
import type { Keyed, Layer } from './layers.ts'
import { ownField } from './names.ts'
import type { Context } from './select.ts'

/** Keys that say what an access does, which may stand beside the names of values and parts. */
export const EFFECT_KEYS = [
  ...[
    'safe',
    'readAction',
    'modifiedWriteValues',
    'on-read',
    'on-write',
    'writeConstraint',
    'writes',
  ],
]

/** Whether a key says what an access does: one of a part of that name would have a mapping. */
export function isEffect({ key, value }: Entry): boolean {
  return EFFECT_KEYS.includes(key) && value.kind !== 'map'
}

interface Usage {
  usage: Enumeration['usage']
  readEffect?: ReadEffect
  writeEffect?: WriteEffect
}

const USAGES: Readonly<Record<string, Usage>> = {
  _read: { usage: 'read' },
  _RM: { usage: 'read', readEffect: 'modify' },
  _RS: { usage: 'read', readEffect: 'set' },
  _RC: { usage: 'read', readEffect: 'clear' },
  _RME: { usage: 'read', readEffect: 'external' },
  _write: { usage: 'write' },
  _WM: { usage: 'write', writeEffect: 'modify' },
  _WS: { usage: 'write', writeEffect: 'set' },
  _WC: { usage: 'write', writeEffect: 'clear' },
  _W0C: { usage: 'write', writeEffect: 'zero-to-clear' },
  _W0S: { usage: 'write', writeEffect: 'zero-to-set' },
  _W0T: { usage: 'write', writeEffect: 'zero-to-toggle' },
  _W1C: { usage: 'write', writeEffect: 'one-to-clear' },
  _W1S: { usage: 'write', writeEffect: 'one-to-set' },
  _W1T: { usage: 'write', writeEffect: 'one-to-toggle' },
}

/** A field with some of its properties said anew; as it was, where one is wrong. */
export function changeField(field: Field, keyed: Keyed, size: number, context: Context): Field {
  const { layer, value } = keyed
  if (value.kind !== 'map') {
    const message = `expected a mapping from properties, ${cameOf(value, quote)}`
    layer.reading.error('value', context.path, value.at, message)
    return field
  }
  const map = ownField(value, field)
  const part = new Part(layer.reading, context.path, map, ['name', ...FIELD_KEYS])
  const bits = part.leaf('bits', 'bits such as 7 or 6:4', parseBits)
  const name = nameOf(part)
  const { repeat } = part.has('count') ? repeatOf(part, name ?? field.name, field.width) : field
  const changed: Field = {
    ...field,
    ...optional('name', name),
    ...optional('description', part.text('description')),
    ...(bits === undefined ? {} : { lsb: bits.low, width: countBits(bits) }),
    ...optional('access', accessOf(part)),
    ...optional('readEffect', readEffectOf(part)),
    ...optional('writeEffect', part.choice('on-write', WRITE_EFFECTS)),
    ...optional('writeConstraint', constraintOf(part)),
    ...optional('repeat', repeat),
  }
  const highest = changed.lsb + changed.width + (repeat ? repeat.stride * (repeat.count - 1) : 0)
  if (highest > size) {
    const message = `bit ${highest - 1} does not exist: the register has bits 0 to ${size - 1}`
    part.refuse('bits', 'field-beyond-register', message)
  }
  return part.bad ? field : changed
}

/** A new name, if there is one. */
export function nameOf(part: Part): string | undefined {
  return part.leaf('name', 'a name', (text) => {
    if (NAME.test(text) && text !== '') return text
    part.refuse('name', 'name', `${quote(text)} is not a name`)
    return ''
  })
}

/** Gives a field names of its values, effects, or with a list the values that may be written. */
export function describeField(field: Field, keyed: Keyed, context: Context): Field {
  const { layer, value } = keyed
  if (value.kind === 'list') {
    const writes = { key: 'writes', at: keyed.at, value }
    return withEffects(field, layer, mapTree(value.at, [writes]), context)
  }
  if (value.kind === 'map') return describeBy(field, layer, value, context)
  const message = `expected names of values such as { Fast: [2, "Text"] }, ${cameOf(value, quote)}`
  layer.reading.error('value', context.path, value.at, message)
  return field
}

function describeBy(field: Field, layer: Layer, map: MapTree, context: Context): Field {
  const entries = [...map.entries.values()]
  const effects = entries.filter(isEffect)
  let described =
    effects.length === 0 ? field : withEffects(field, layer, mapTree(map.at, effects), context)
  const values = entries.filter((entry) => !entry.key.startsWith('_') && !isEffect(entry))
  if (values.length > 0) {
    described = withValues(
      described,
      { usage: 'read-write' },
      layer,
      mapTree(map.at, values),
      context,
    )
  }
  for (const { key, value, at } of entries) {
    if (!key.startsWith('_')) continue
    if (key === '_replace_enum' && value.kind === 'map') {
      described = describeBy({ ...described, enumerations: [] }, layer, value, context)
      continue
    }
    const usage = Object.hasOwn(USAGES, key) ? USAGES[key] : undefined
    if (usage !== undefined && value.kind === 'map') {
      described = withValues(described, usage, layer, value, context)
    } else if (usage === undefined) {
      const message = `unknown change ${quote(key)}`
      layer.reading.error('unknown-key', context.path, at, message)
    } else {
      const message = `${key}: expected names of values, ${cameOf(value, quote)}`
      layer.reading.error('value', context.path, value.at, message)
    }
  }
  return described
}

function withValues(
  field: Field,
  { usage, ...effects }: Usage,
  layer: Layer,
  map: MapTree,
  { path }: Context,
): Field {
  const all = mapTree(map.at, [...map.entries.values()].map(withOther))
  const values = readValues(layer.reading, path, all, field.width)
  const kept = (field.enumerations ?? []).filter(
    (one) => usage !== 'read-write' && one.usage !== usage && one.usage !== 'read-write',
  )
  return { ...field, ...effects, enumerations: [...kept, { usage, values }] }
}

/** `-1` is the value of all that no other name has. */
function withOther(entry: Entry): Entry {
  const other = (tree: Tree): Tree =>
    tree.kind === 'text' && tree.text === '-1' ? { ...tree, text: 'other' } : tree
  const { value } = entry
  if (value.kind !== 'list') return { ...entry, value: other(value) }
  return {
    ...entry,
    value: {
      ...value,
      items: value.items.map((item, index) => (index === 0 ? other(item) : item)),
    },
  }
}

/** `safe`, `readAction`, `modifiedWriteValues` and what may be written, of a field. */
function withEffects(field: Field, layer: Layer, map: MapTree, { path }: Context): Field {
  const part = new Part(layer.reading, path, ownField(map), FIELD_KEYS)
  const changed = {
    ...field,
    ...optional('readEffect', readEffectOf(part)),
    ...optional('writeEffect', part.choice('on-write', WRITE_EFFECTS)),
    ...optional('writeConstraint', constraintOf(part)),
  }
  return part.bad ? field : changed
}
