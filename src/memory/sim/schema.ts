import * as v from 'valibot'
import { parseBits } from '../../text/bits.ts'
import { quote } from '../../text/refuse.ts'
import { nearest } from '../../text/suggest.ts'
import * as t from './texts.ts'

/**
 * The shape of a board description: which keys there are and what they take. What the parts mean
 * for each other is checked in layout.ts.
 */

/** `: did you mean "…"?`, or nothing. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const best = nearest(word, candidates)
  return best === undefined ? '' : `: did you mean "${best}"?`
}

function came(input: unknown): string {
  if (input === null || input === '') return 'got nothing'
  if (typeof input === 'string') return `got ${quote(input)}`
  return Array.isArray(input) ? 'got a list' : 'got a mapping'
}

function mapping<T extends v.GenericSchema<Record<string, unknown>>>(expected: string, schema: T) {
  return v.pipe(
    v.custom<Record<string, unknown>>(
      (input) => typeof input === 'object' && input !== null && !Array.isArray(input),
      ({ input }) => `expected ${expected}, ${came(input)}`,
    ),
    schema as v.GenericSchema<Record<string, unknown>, v.InferOutput<T>>,
  )
}

function list<T extends v.GenericSchema>(expected: string, item: T) {
  return v.array(item, ({ input }) => `expected a list such as ${expected}, ${came(input)}`)
}

/** A mapping with exactly these keys. */
function keys<T extends v.ObjectEntries>(entries: T) {
  return v.strictObject(entries, ({ expected, input }) =>
    expected === 'never'
      ? `unknown key ${quote(String(input))}${didYouMean(String(input), Object.keys(entries))}`
      : `${expected} is missing`,
  )
}

/** A mapping from names to parts. */
function named<T extends v.GenericSchema>(part: T) {
  const name = v.pipe(
    v.string(),
    v.regex(
      /^[A-Za-z]\w*$/,
      ({ input }) => `${quote(input)} is not a name: expected a letter, then letters, digits or _`,
    ),
  )
  return mapping('a mapping from names', v.record(name, part))
}

function unknownKind(kinds: readonly string[]) {
  return ({ input }: { input: unknown }) => {
    if (typeof input === 'string') return `unknown kind ${quote(input)}${didYouMean(input, kinds)}`
    return `"kind" is missing: expected one of ${kinds.join(', ')}`
  }
}

const live = v.record(
  v.pipe(
    v.string(),
    v.rawCheck(({ dataset, addIssue }) => {
      try {
        if (dataset.typed) parseBits(dataset.value)
      } catch (error) {
        addIssue({ message: (error as Error).message })
      }
    }),
  ),
  t.signalOf,
)

const zero = v.optional(t.value, '0')
const common = {
  offset: t.count(),
  width: v.optional(t.width, '32'),
  widths: v.optional(list('[8, 16, 32]', t.width)),
  description: v.optional(t.text),
  // What only describes: the reader of descriptions checks it.
  fields: v.optional(v.unknown()),
  'on-read': v.optional(t.text),
  'on-write': v.optional(t.text),
}
const kind = <const T extends string, E extends v.ObjectEntries>(name: T, entries: E) =>
  keys({ kind: v.literal(name), ...common, ...entries })

const REGISTERS = [
  kind('constant', { value: t.value }),
  kind('read-write', { reset: zero, writable: v.optional(t.value) }),
  kind('read-only', { reset: zero, live: v.optional(mapping('a mapping from bits', live)) }),
  kind('write-only', { reads: zero }),
  kind('read-to-clear', { reset: zero, clears: v.optional(t.value) }),
  kind('write-1-to-clear', { reset: zero, clears: v.optional(t.value) }),
  kind('write-1-to-set', { of: t.text }),
  kind('fifo', {
    depth: v.optional(t.count(65_536, 1), '16'),
    empty: v.optional(t.emptyRead, '0'),
    contents: v.optional(list('[1, 2]', t.value)),
  }),
  kind('self-clearing', {
    reset: zero,
    writable: v.optional(t.value),
    start: t.count(63),
    busy: t.durationUs,
    raises: v.optional(list('[STATUS:0]', t.bitOf)),
  }),
  kind('counter', {
    reset: zero,
    rate: v.optional(t.count(1e12)),
    'per-read': v.optional(t.count(2 ** 32)),
  }),
  kind('console', { empty: zero }),
  kind('fault', { on: v.optional(t.choice('read', 'write', 'both'), 'both') }),
] as const
const REGISTER_KINDS = REGISTERS.map((schema) => schema.entries.kind.literal)

const register = mapping(
  'a mapping with a kind and an offset',
  v.variant('kind', REGISTERS, unknownKind(REGISTER_KINDS)),
)

const range = { base: t.count(), size: t.count(undefined, 1), description: v.optional(t.text) }
const storage = { ...range, fill: v.optional(t.count(255), '0'), text: v.optional(t.text) }

const REGIONS = [
  keys({ kind: v.literal('ram'), ...storage }),
  keys({
    kind: v.literal('rom'),
    ...storage,
    writes: v.optional(t.choice('fault', 'ignore'), 'fault'),
  }),
  keys({
    kind: v.literal('device'),
    ...range,
    endian: v.optional(t.choice('little', 'big')),
    widths: v.optional(list('[8, 16, 32]', t.width), ['32']),
    holes: v.optional(t.choice('zero', 'fault'), 'zero'),
    group: v.optional(t.text),
    source: v.optional(t.text),
    compatible: v.optional(v.unknown()),
    registers: named(register),
  }),
] as const

const region = mapping(
  'a mapping with a kind, a base and a size',
  v.variant('kind', REGIONS, unknownKind(['ram', 'rom', 'device'])),
)

export const boardSchema = mapping(
  'a board description with a name and regions',
  keys({
    name: t.text,
    description: v.optional(t.text),
    endian: v.optional(t.choice('little', 'big'), 'little'),
    enumerations: v.optional(v.unknown()),
    'field-sets': v.optional(v.unknown()),
    regions: named(region),
  }),
)

/** A board as its description gives it, with all defaults filled in. */
export type BoardDescription = v.InferOutput<typeof boardSchema>
export type RegionDescription = v.InferOutput<typeof region>
export type DeviceDescription = Extract<RegionDescription, { kind: 'device' }>
export type StorageDescription = Exclude<RegionDescription, { kind: 'device' }>
export type RegisterDescription = v.InferOutput<typeof register>
export type RegisterOf<K extends RegisterDescription['kind']> = Extract<
  RegisterDescription,
  { kind: K }
>

/** The keys that every kind of register takes. */
export const REGISTER_KEYS: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  REGISTERS.map(({ entries }) => [entries.kind.literal, Object.keys(entries)]),
)
