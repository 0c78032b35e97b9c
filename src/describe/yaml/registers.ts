import type { Width } from '../../base/width.ts'
import { quote } from '../../text/refuse.ts'
import type { Access, Cluster, ReadEffect, Register } from '../model.ts'
import { constraintOf, type Named, optional, readEffectOf, readFields } from './fields.ts'
import { BEHAVIOUR_KEYS, kindOf } from './kinds.ts'
import { registerMap, resolveIs } from './merge.ts'
import { join, Part, type Reading } from './reading.ts'
import type { Entry, MapTree } from './tree.ts'
import {
  accessOf,
  count,
  ENDIANS,
  fits,
  flag,
  NAME,
  NAME_WORDS,
  repeatOf,
  value,
  WRITE_EFFECTS,
  widestOf,
  widthOf,
} from './words.ts'

/** What registers are where nothing else is said of them. */
export interface Defaults {
  width: number
  access: Access
  /** What one access of the bus carries at most. */
  busWidth?: Width
  /** Of loads, where a description names all that have an effect. */
  readEffect?: ReadEffect
}

/** The keys of a register. */
export const REGISTER_KEYS = [
  ...['offset', 'width', 'access', 'reset', 'reset-mask', 'description', 'display-name', 'source'],
  ...['on-read', 'on-write', 'safe', 'writes', 'high-word-mask', 'endian', 'fields', 'is'],
  ...['count', 'stride', 'names', 'alternate', 'alternate-group'],
  ...BEHAVIOUR_KEYS,
]

/** The keys of registers that belong together. */
export const CLUSTER_KEYS = [
  ...['offset', 'description', 'registers', 'width', 'access', 'is', 'count', 'stride', 'names'],
  ...['alternate', 'source', 'on-read', 'safe'],
]

const HINTS = { size: 'a register has a "width", in bits', bits: 'a register has a "width"' }

/** Clusters in clusters. */
const DEEPEST = 16

/** The registers and clusters of a `registers:`, in the order of the file. */
export function readRegisters(
  reading: Reading,
  path: string,
  map: MapTree,
  named: Named,
  defaults: Defaults,
  depth = 0,
): (Register | Cluster)[] {
  const made: (Register | Cluster)[] = []
  for (const entry of map.entries.values()) {
    const here = join(path, entry.key)
    if (!reading.spend(here, entry.at)) break
    const part = partOf(reading, path, entry, map.entries)
    if (part === undefined) continue
    const one = part.has('registers')
      ? readCluster(part, entry.key, named, defaults, depth)
      : readRegister(part, entry.key, named, defaults)
    if (one !== undefined) made.push(one)
  }
  return made
}

function partOf(
  reading: Reading,
  parent: string,
  { key, at, value: tree }: Entry,
  scope: ReadonlyMap<string, Entry>,
): Part | undefined {
  if (!NAME.test(key) || key === '') {
    const message = `${quote(key)} is not a name of a register: expected ${NAME_WORDS}`
    reading.error('name', parent, at, message)
    return undefined
  }
  const path = join(parent, key)
  const own = registerMap(tree)
  if (own === undefined) {
    reading.error('value', path, tree.at, 'expected an offset, or a mapping with one, got a list')
    return undefined
  }
  const map = resolveIs(reading, path, own, scope, 'register')
  if (map === undefined) return undefined
  const keys = map.entries.has('registers') ? CLUSTER_KEYS : REGISTER_KEYS
  return new Part(reading, path, map, keys, HINTS)
}

function readCluster(
  part: Part,
  key: string,
  named: Named,
  defaults: Defaults,
  depth: number,
): Cluster | undefined {
  const offset = offsetOf(part)
  const { name, repeat } = repeatOf(part, key, undefined)
  const inner = defaultsOf(part, defaults)
  const map = part.map('registers', 'a mapping from names')
  const alternate = part.text('alternate')
  if (depth === DEEPEST) part.refuse('registers', 'too-deep', `clusters nest up to ${DEEPEST} deep`)
  if (map === undefined || offset === undefined || part.bad) return undefined
  return {
    kind: 'cluster',
    name,
    ...optional('description', part.text('description')),
    offset,
    children: readRegisters(part.reading, part.path, map, named, inner, depth + 1),
    ...(alternate === undefined ? {} : { alternate: { cluster: alternate } }),
    ...optional('repeat', repeat),
  }
}

function offsetOf(part: Part): number | undefined {
  const offset = count(part, 'offset')
  if (!part.has('offset')) part.missing('offset', '"offset: 0x10"')
  return offset
}

/** What the registers in a part are by default. */
export function defaultsOf(part: Part, outer: Defaults): Defaults {
  return {
    width: count(part, 'width', 64, 1) ?? outer.width,
    access: accessOf(part) ?? outer.access,
    ...optional('busWidth', outer.busWidth),
    ...optional('readEffect', readEffectOf(part) ?? outer.readEffect),
  }
}

function readRegister(
  part: Part,
  key: string,
  named: Named,
  defaults: Defaults,
): Register | undefined {
  const offset = offsetOf(part)
  const says = kindOf(part)
  const { width: size, access: given } = defaultsOf(part, {
    ...defaults,
    access: says?.access ?? defaults.access,
  })
  const whole = widthOf(size)
  const width = Math.min(whole, defaults.busWidth ?? whole, widestOf(part) ?? whole) as Width
  const { name, repeat } = repeatOf(part, key, whole / 8)
  const alternate = {
    ...optional('register', part.text('alternate')),
    ...optional('group', part.text('alternate-group')),
  }
  const fields = readFields(part, size, named)
  const ofFields = fields.some(({ readEffect = 'none' }) => readEffect !== 'none')
  const usual = given === 'write-only' || ofFields ? undefined : defaults.readEffect
  const register: Register = {
    kind: 'register',
    name,
    ...optional('displayName', part.text('display-name')),
    ...optional('description', part.text('description')),
    offset: offset ?? 0,
    size,
    width,
    access: given,
    ...optional('readEffect', readEffectOf(part) ?? says?.readEffect ?? usual),
    ...optional('fails', says?.fails),
    ...optional('writeEffect', part.choice('on-write', WRITE_EFFECTS) ?? says?.writeEffect),
    ...optional('highWordMask', flag(part, 'high-word-mask')),
    ...optional('endian', part.choice('endian', ENDIANS)),
    fields,
    ...optional('writeConstraint', constraintOf(part)),
    ...(Object.keys(alternate).length > 0 && { alternate }),
    ...optional('repeat', repeat),
  }
  // A register without what it says of accesses would be one that is safe to touch.
  if (offset === undefined || part.bad) return undefined
  if (offset % (width / 8) !== 0) {
    const message = `offset: 0x${offset.toString(16)} is not a multiple of ${width / 8}, the bytes of the register`
    part.reading.warning('misaligned', part.path, part.at('offset'), message)
  }
  if (width < whole) {
    const message = `it has ${size} bits, but the bus has ${width}: it is accessed with ${width} bits`
    part.reading.warning(
      'wider-than-bus',
      part.path,
      part.at(part.has('width') ? 'width' : 'widths'),
      message,
    )
  }
  const resetKey = part.text('kind') === 'constant' ? 'value' : 'reset'
  return {
    ...register,
    ...optional('reset', fitting(part, resetKey, size)),
    ...optional('resetMask', fitting(part, 'reset-mask', size)),
  }
}

/** A value of so many bits; one that has more is reported, and left out alone. */
export function fitting(part: Part, key: string, size: number): bigint | undefined {
  const given = value(part, key)
  if (given === undefined || fits(given, size)) return given
  const message = `0x${given.toString(16)} does not fit in the ${size} bits of the register`
  part.refuse(key, 'value-too-wide', message)
  return undefined
}
