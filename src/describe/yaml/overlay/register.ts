import { quote } from '../../../text/refuse.ts'
import type { Cluster, Field, Register } from '../../model.ts'
import { constraintOf, type Named, optional, readEffectOf, readFields } from '../fields.ts'
import { overlappingFields } from '../overlaps.ts'
import { Part } from '../reading.ts'
import { CLUSTER_KEYS, fitting, REGISTER_KEYS } from '../registers.ts'
import { cameOf, mapTree } from '../tree.ts'
import { accessOf, count, ENDIANS, flag, repeatOf, WRITE_EFFECTS, widthOf } from '../words.ts'
import { collectFields } from './collect-fields.ts'
import { changeField, describeField, isEffect, nameOf } from './field.ts'
import { mergedFields, splitFields } from './join-fields.ts'
import { type Keyed, type Layer, textsAt, within } from './layers.ts'
import { ownField, ownNames } from './names.ts'
import { type Context, inside, keysOf, namesAmong, refuseUnknown, select } from './select.ts'
import { stripped } from './strip.ts'

export const NOTHING_NAMED: Named = { enumerations: new Map(), fieldSets: new Map() }

const CHANGES = [
  ...['_include', '_delete', '_modify', '_add', '_strip', '_strip_end', '_derive', '_clear'],
  ...['_array', '_fields', '_merge', '_split'],
]

/** A register with some of its properties said anew; as it was, where one is wrong. */
export function changeRegister(register: Register, keyed: Keyed, context: Context): Register {
  const { layer, value } = keyed
  if (value.kind !== 'map') {
    const message = `expected a mapping from properties, ${cameOf(value, quote)}`
    layer.reading.error('value', context.path, value.at, message)
    return register
  }
  const part = new Part(layer.reading, context.path, ownNames(value), ['name', ...REGISTER_KEYS])
  const size = count(part, 'width', 64, 1) ?? register.size
  const width = widthOf(size)
  const name = nameOf(part)
  const repeated = part.has('count') ? repeatOf(part, name ?? register.name, width / 8) : undefined
  const alternate = {
    ...register.alternate,
    ...optional('register', part.text('alternate')),
    ...optional('group', part.text('alternate-group')),
  }
  const fields = part.has('fields') ? readFields(part, size, NOTHING_NAMED) : register.fields
  const changed: Register = {
    ...register,
    ...optional('name', repeated?.name ?? name),
    ...optional('displayName', part.text('display-name')),
    ...optional('description', part.text('description')),
    ...optional('offset', count(part, 'offset')),
    size,
    width: part.has('width') ? width : register.width,
    ...optional('access', accessOf(part)),
    ...optional('readEffect', readEffectOf(part)),
    ...optional('writeEffect', part.choice('on-write', WRITE_EFFECTS)),
    ...optional('highWordMask', flag(part, 'high-word-mask')),
    ...optional('endian', part.choice('endian', ENDIANS)),
    ...optional('writeConstraint', constraintOf(part)),
    ...optional('reset', fitting(part, 'reset', size)),
    ...optional('resetMask', fitting(part, 'reset-mask', size)),
    ...(Object.keys(alternate).length > 0 && { alternate }),
    ...optional('repeat', repeated?.repeat),
    fields,
  }
  const beyond = changed.fields.find(({ lsb, width: bits }) => lsb + bits > size)
  if (beyond !== undefined && part.has('width')) {
    part.refuse('width', 'field-beyond-register', `its field ${beyond.name} has bits beyond`)
  }
  return part.bad ? register : changed
}

/** A cluster with some of its properties said anew; as it was, where one is wrong. */
export function changeCluster(cluster: Cluster, keyed: Keyed, context: Context): Cluster {
  const { layer, value } = keyed
  if (value.kind !== 'map') return cluster
  const part = new Part(layer.reading, context.path, ownNames(value), ['name', ...CLUSTER_KEYS])
  const name = nameOf(part)
  const repeated = part.has('count') ? repeatOf(part, name ?? cluster.name, undefined) : undefined
  const changed: Cluster = {
    ...cluster,
    ...optional('name', repeated?.name ?? name),
    ...optional('description', part.text('description')),
    ...optional('offset', count(part, 'offset')),
    ...optional('repeat', repeated?.repeat),
  }
  return part.bad ? cluster : changed
}

/** A register with the changes that layers make to it and its fields. */
export function patchRegister(
  register: Register,
  layers: readonly Layer[],
  context: Context,
): Register {
  refuseUnknown(layers, CHANGES, context.path)
  let patched = register
  for (const layer of layers) {
    const effects = [...layer.map.entries.values()].filter(isEffect)
    if (effects.length === 0) continue
    const value = mapTree(layer.map.at, effects)
    patched = changeRegister(patched, { key: '', at: value.at, value, layer }, context)
  }
  const fields = patchFields(patched, layers, context)
  warnOfOverlaps(register.fields, fields, layers, context)
  return { ...patched, fields }
}

/** Tells of fields that share bits, where they did not before. */
function warnOfOverlaps(
  before: readonly Field[],
  fields: readonly Field[],
  layers: readonly Layer[],
  context: Context,
): void {
  const known = new Set([...overlappingFields(before)].map(({ one }) => one.name))
  const [layer] = layers.slice(-1)
  if (layer === undefined) return
  for (const { one, other } of overlappingFields(fields)) {
    if (known.has(one.name)) continue
    const message = `this overlay makes it overlap ${other.name}`
    layer.reading.warning('fields-overlap', inside(context, one.name).path, layer.map.at, message)
  }
}

function patchFields(register: Register, layers: readonly Layer[], context: Context): Field[] {
  const { path } = context
  let fields: Field[] = [...register.fields]
  const each = (keyed: Keyed & { text?: string }, change: (field: Field) => Field) => {
    const { chosen } = select(fields, keyed, 'field', context)
    fields = fields.map((field) => (chosen.has(field) ? change(field) : field))
  }
  for (const keyed of textsAt(layers, '_delete', path, ['_fields'])) {
    const { chosen } = select(fields, keyed, 'field', context)
    fields = fields.filter((field) => !chosen.has(field))
  }
  for (const keyed of namesAmong(within(layers, '_modify', path), ['_fields'])) {
    each(keyed, (field) => changeField(field, keyed, register.size, inside(context, field.name)))
  }
  fields = stripped(fields, layers, path)
  for (const keyed of namesAmong(within(layers, '_add', path), ['_fields'])) {
    const added = addedField(keyed, register, context)
    if (added === undefined) continue
    if (fields.some(({ name }) => name === added.name)) {
      const message = `_add: there is a field ${quote(added.name)} already`
      keyed.layer.reading.error('duplicate-name', path, keyed.at, message)
    } else fields.push(added)
  }
  for (const keyed of within(layers, '_derive', path)) {
    const from = keyed.value.kind === 'text' ? keyed.value.text : ''
    const base = select(fields, { ...keyed, text: from }, 'field', context).chosen
    const [first] = base
    if (first === undefined) continue
    const { lsb: _lsb, name: _name, ...properties } = first
    each(keyed, ({ lsb, name }) => ({ ...properties, lsb, name }))
  }
  fields = mergedFields(fields, layers, context)
  fields = splitFields(fields, layers, context)
  for (const keyed of textsAt(layers, '_clear', path)) {
    each(keyed, ({ enumerations: _gone, ...field }) => field)
  }
  for (const keyed of namesAmong(keysOf(layers), ['_fields'])) {
    if (isEffect(keyed)) continue
    each(keyed, (field) => describeField(field, keyed, inside(context, field.name)))
  }
  return collectFields(fields, layers, context)
}

function addedField(keyed: Keyed, { size }: Register, { path }: Context): Field | undefined {
  const { layer, value } = keyed
  const own = value.kind === 'map' ? ownField(value) : value
  const map = mapTree(keyed.at, [{ ...keyed, value: own }])
  const holder = mapTree(keyed.at, [{ key: 'fields', at: keyed.at, value: map }])
  const part = new Part(layer.reading, path, holder, ['fields'])
  return readFields(part, size, NOTHING_NAMED)[0]
}
