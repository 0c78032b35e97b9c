import { RequestError } from '../../../base/errors.ts'
import type { Change } from '../../../device/store.ts'
import { nameOf, namesOf, valueNamed } from '../../../device/values.ts'
import { checkValue, literalValue } from '../../../place/index.ts'
import type { NamedAssignment, NamedValue } from '../../../place/named-assignment.ts'
import { formatHex } from '../../../text/number.ts'
import { quote } from '../../../text/refuse.ts'
import type { Wanted } from './registers.ts'

/** A number or a name as the bits that it means in its field, or register; those of the mask count. */
export function bitsOf(
  { register, part }: Wanted,
  value: NamedValue,
  usage: 'read' | 'write',
): { value: bigint; mask: bigint } {
  const path = part === undefined ? register.name : `${register.name}:${part.name}`
  if ('name' in value) {
    if (part?.field !== undefined) return valueNamed(part.field, value.name, usage, path)
    const what = part === undefined ? 'name a field, as in' : 'give a number, as in'
    const such = part === undefined ? `${register.name}:FIELD=${value.name}` : `${path}=1`
    throw new RequestError('EVALUE', `${quote(value.name)} is not a number: ${what} ${such}`, {
      input: value.name,
    })
  }
  const room = part?.bits ?? register.found.register.width
  const width =
    part === undefined ? register.found.register.width : part.bits.high - part.bits.low + 1
  return { value: BigInt(literalValue(value, room)), mask: (1n << BigInt(width)) - 1n }
}

/** What an assignment changes, and what is to be said of it. Throws EVALUE. */
export function changeOf(
  wanted: Wanted,
  assignment: NamedAssignment,
): { change: Change; note?: string } {
  const { register, part } = wanted
  const { width } = register.found.register
  if (assignment.mask !== undefined) {
    const mask = BigInt(checkValue(assignment.mask, width))
    const value =
      'name' in assignment.value ? 0n : BigInt(checkValue(assignment.value.value, width))
    const outside = value & ~mask
    const digits = 4 * Math.max(...[value, mask].map((one) => one.toString(16).length))
    const braces = `{${formatHex(value, digits)},${formatHex(mask, digits)}}`
    const change = { name: register.name + braces, mask, value, braces }
    if (outside === 0n) return { change }
    const note = `${register.name}: bits ${formatHex(outside)} of ${formatHex(value)} are not in the mask ${formatHex(mask)}, and are left as they are`
    return { change, note }
  }
  const { value, mask } = bitsOf(wanted, assignment.value, 'write')
  if (part === undefined) {
    return { change: { name: register.name, mask, value, isWhole: true } }
  }
  const low = BigInt(part.bits.low)
  const all = ((1n << BigInt(part.bits.high - part.bits.low + 1)) - 1n) << low
  const change: Change = {
    ...{ name: `${register.name}:${part.name}`, mask: all, value: value << low },
    ...(part.field && { field: part.field }),
  }
  const note = unnamed(wanted, assignment.value, value, 'write')
  return note === undefined ? { change } : { change, note }
}

/** That a number is none of the values that the field has names for. */
export function unnamed(
  { register, part }: Wanted,
  given: NamedValue,
  value: bigint,
  usage: 'read' | 'write',
): string | undefined {
  if (part?.field === undefined || 'name' in given) return undefined
  if (namesOf(part.field, usage).length === 0) return undefined
  if (nameOf(part.field, value, usage) !== undefined) return undefined
  return `${register.name}:${part.name}: ${formatHex(value)} is not one of the named values`
}
