/** From the value of a field, as a program gives it, to its bits. */
import { RequestError } from '../base/errors.ts'
import { type ValueOf, WIDTHS, type Width } from '../base/width.ts'
import { unsigned, valueError } from '../memory/value.ts'
import { arrayOf, checkKind, NATURAL, shown } from '../text/options.ts'
import { clip, quote, refusal } from '../text/refuse.ts'
import { nearest } from '../text/suggest.ts'

/**
 * A field of one bit. `name` is for messages, and so are `named`, the values that have names. EUSAGE for
 * what is neither `boolean` nor 0 or 1.
 */
export function flag(value: boolean | 0 | 1, name: string, named?: readonly string[]): number {
  if (value === true || value === 1) return 1
  if (value === false || value === 0) return 0
  return refuse(value, 'number', name, 'true, false, 0 or 1', named)
}

/** A field of 2 to 32 bits. EVALUE above `most`, EUSAGE for what is not a number. */
export function integer(
  value: number,
  most: number,
  name: string,
  named?: readonly string[],
): number {
  const isNumber = typeof value === 'number' && typeof most === 'number'
  if (isNumber && value >>> 0 === value && value <= most) return value
  checkKind('most', most, NATURAL)
  return refuse(value, 'number', name, `a whole number from 0 to ${most}`, named)
}

/** A field of 33 to 64 bits: as `integer`, of bigints. */
export function longInteger(value: bigint, most: bigint, name: string): bigint {
  const isBigint = typeof value === 'bigint' && typeof most === 'bigint'
  if (isBigint && value >= 0n && value <= most) return value
  checkKind('most', most, 'bigint')
  return refuse(value, 'bigint', name, `a bigint from 0n to ${most}n`)
}

function refuse(
  value: unknown,
  type: string,
  name: string,
  expected: string,
  named: readonly string[] = [],
): never {
  checkKind('named', named, NAMES)
  const wrong = `${shown(value)} is not a value of ${name}`
  const near = typeof value === 'string' ? nearest(value, named) : undefined
  if (near !== undefined) {
    throw refusal('EUSAGE', { wrong, joint: ', ', meant: clip(near), behind: '' }, `${value}`)
  }
  const names = named.length === 0 ? '' : `${listedNames(named)}, or `
  const message = `${wrong}: expected ${names}${expected}`
  const data = typeof value === 'number' || typeof value === 'bigint' ? { value } : {}
  throw new RequestError(typeof value === type ? 'EVALUE' : 'EUSAGE', message, data)
}

/** Two fields of one register that have bits in common were given at once. */
export function overlap(one: string, other: string): never {
  checkKind('one', one, 'string')
  checkKind('other', other, 'string')
  const message = `${one} and ${other} have bits in common: expected one of them alone`
  throw new RequestError('EUSAGE', message)
}

const NAMES = arrayOf('a list of names', 'string')
/** So many names are listed where none is near. */
const MOST_LISTED = 8

/** A field was given that the register has not, or that is not its to write; `fields` are those that it has. */
export function unknownField(name: string, register: string, fields: readonly string[]): never {
  checkKind('name', name, 'string')
  checkKind('register', register, 'string')
  checkKind('fields', fields, NAMES)
  const wrong = `${clip(register)} has no field ${quote(name)} to write`
  const near = nearest(name, fields)
  if (near !== undefined) {
    throw refusal('EUSAGE', { wrong, joint: ', ', meant: clip(near), behind: '' }, name)
  }
  const known = fields.slice(0, MOST_LISTED).map((field) => clip(field))
  throw refusal('EUSAGE', `${wrong}: it has ${listedNames(fields)}`, name, { known })
}

function listedNames(names: readonly string[]): string {
  const known = names.slice(0, MOST_LISTED).map((name) => clip(name))
  const rest = names.length - known.length
  return rest === 0 ? known.join(', ') : `${known.join(', ')} and ${rest} more`
}

/** The value of a register whose bytes are in the order that the CPU's are not. EVALUE for one that does not fit. */
export function swapped<W extends Width>(value: ValueOf<W>, width: W): ValueOf<W>
export function swapped(value: number | bigint, width: Width): number | bigint {
  checkKind('value', value, 'value')
  checkKind('width', width, WIDTHS)
  const whole = unsigned(value, width)
  if (whole === undefined) throw valueError(value, width, 'value')
  if (width === 64) {
    const low = swap32(Number(BigInt.asUintN(32, BigInt(whole))))
    const high = swap32(Number(BigInt.asUintN(32, BigInt(whole) >> 32n)))
    return (BigInt(low) << 32n) | BigInt(high)
  }
  return swap32(Number(whole)) >>> (32 - width)
}

function swap32(value: number): number {
  const bytes = (value << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24)
  return bytes >>> 0
}
