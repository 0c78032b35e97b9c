import type { Value } from '../base/width.ts'
import type { FoundField } from '../describe/lookup.ts'
import type { EnumeratedValue } from '../describe/model.ts'
import { didYouMean } from '../text/hint.ts'
import { formatHex } from '../text/number.ts'
import { clip, quote, refusal } from '../text/refuse.ts'
import { nearest } from '../text/suggest.ts'
import { ones } from './register.ts'

export type Usage = 'read' | 'write'

/** So many names are listed where none is near. */
const MOST_LISTED = 8

/** The names of a field's values, as they are read or written. */
export function namesOf({ field }: FoundField, usage: Usage): readonly EnumeratedValue[] {
  const all = field.enumerations ?? []
  const own =
    all.find((one) => one.usage === usage) ?? all.find((one) => one.usage === 'read-write')
  return own?.values ?? []
}

/** What a value is called when it is read, or written. */
export function nameOf(
  field: FoundField,
  value: bigint,
  usage: Usage = 'read',
): EnumeratedValue | undefined {
  const names = namesOf(field, usage)
  const exact = names.find((one) => {
    const mask = one.mask ?? ones(field.width)
    return one.value !== undefined && (value & mask) === (one.value & mask)
  })
  return exact ?? names.find((one) => one.value === undefined)
}

/** What a name of a value means: the bits of the mask are those of the value, the others are any. */
export interface NamedBits {
  value: bigint
  mask: bigint
}

/**
 * The value that a name means; `path` is that of the field, for messages. Throws EVALUE for a name that
 * no value has, that two have, or that stands for all others.
 */
export function valueNamed(field: FoundField, name: string, usage: Usage, path: string): NamedBits {
  const names = namesOf(field, usage)
  refuseOther(field, name, usage, path)
  if (names.length === 0) {
    const text = `${path} has no names for its values, and ${quote(name)} is not a number`
    throw refusal('EVALUE', text, name)
  }
  const same = names.filter((one) => one.name === name)
  const found = same.length > 0 ? same : names.filter((one) => equalFolded(one.name, name))
  const [first] = found
  if (first === undefined) throw unknown(names, name, path)
  const values = [...new Set(found.map(({ value }) => value))]
  if (values.length > 1) {
    const numbers = values.map((value) => (value === undefined ? 'all others' : formatHex(value)))
    const text = `${quote(name)} is the name of ${values.length} values of ${path}: give a number, ${numbers.join(' or ')}`
    throw refusal('EVALUE', text, name)
  }
  const all = ones(field.width)
  if (first.value === undefined) {
    const text = `${quote(name)} stands for all values of ${path} that have no other name: give a number`
    throw refusal('EVALUE', text, name)
  }
  if (first.value > all) {
    const text = `${quote(name)} is ${formatHex(first.value)}, which does not fit in ${path}: its description is wrong`
    throw refusal('EVALUE', text, name)
  }
  return { value: first.value & (first.mask ?? all), mask: (first.mask ?? all) & all }
}

/** A name that is one of the other use alone: `idle` is read, and `start` is written. */
function refuseOther(field: FoundField, name: string, usage: Usage, path: string): void {
  const has = (one: Usage) => namesOf(field, one).some((each) => equalFolded(each.name, name))
  if (has(usage) || !has(usage === 'write' ? 'read' : 'write')) return
  const own = namesOf(field, usage)
  const known = own.length === 0 ? 'give a number' : `expected ${listed(own)}`
  const what =
    usage === 'write'
      ? `is a value that ${path} reads as, not one to write`
      : `is a value to write to ${path}, not one that it reads as`
  const text = `${quote(name)} ${what}: ${known}`
  throw refusal('EVALUE', text, name)
}

function equalFolded(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}

function unknown(names: readonly EnumeratedValue[], name: string, path: string): Error {
  const wrong = `there is no value ${quote(name)} of ${path}`
  const near = nearest(
    name,
    names.map((one) => one.name),
  )
  if (near !== undefined) {
    return refusal('EVALUE', { wrong, joint: ', ', meant: clip(near), behind: '' }, name)
  }
  return refusal('EVALUE', didYouMean(`${wrong}: it has ${listed(names)}`, undefined), name)
}

function listed(names: readonly EnumeratedValue[]): string {
  const shown = names.slice(0, MOST_LISTED).map((one) => clip(one.name))
  return shown.join(', ') + (names.length > shown.length ? ', …' : '')
}

/** The bits of a field in the value of its register, moved down. */
export function fieldValue({ lsb, width }: FoundField, value: Value): bigint {
  return (BigInt(value) >> BigInt(lsb)) & ones(width)
}
