import type { Value } from '../../../base/width.ts'
import { type FoundField, fieldsOf } from '../../../describe/lookup.ts'
import { type DeviceRegister, isReadable } from '../../../device/register.ts'
import { fieldValue, nameOf, type Usage } from '../../../device/values.ts'
import { formatBits } from '../../../place/index.ts'
import type { Base } from '../../../text/base.ts'
import { oneLine } from '../../../text/one-line.ts'
import { printable } from '../../../text/refuse.ts'
import { padded, showValue } from '../format/value.ts'
import { textRoom } from './text-room.ts'

/** A field of a register that was read. */
export interface ReadField {
  field: FoundField
  value: bigint
  /** What its value is called. */
  meaning: string | undefined
}

/** The fields of a value, from the highest bit down, as manuals draw them. */
export function decoded({ found }: DeviceRegister, value: Value): ReadField[] {
  return fieldsOf(found.register)
    .filter(({ field }) => isReadable(field.access))
    .map((field) => {
      const own = fieldValue(field, value)
      return { field, value: own, meaning: nameOf(field, own)?.name }
    })
    .reverse()
}

export function bitsOf({ lsb, width }: Pick<FoundField, 'lsb' | 'width'>): string {
  return formatBits({ high: lsb + width - 1, low: lsb })
}

/**
 * One line a field: name, bits, value, meaning, or what the description says of it. On so many columns.
 */
export function fieldLines(fields: readonly ReadField[], base: Base, width: number): string[] {
  const names = padded(fields.map(({ field }) => printable(field.name)))
  const bits = padded(fields.map(({ field }) => bitsOf(field)))
  const values = padded(fields.map(({ field, value }) => showField(field, value, base)))
  return fields.map(({ field, meaning }, index) => {
    const before = `  ${names[index]}  ${bits[index]}  ${values[index]}  `
    const room = textRoom(width, `${before}()`.length)
    const end = meaning === undefined ? inBrackets(about(field, room)) : printable(meaning)
    return `${before}${end}`.trimEnd()
  })
}

/** A field is short: without zeros in front, except for what has many bits. */
export function showField({ width }: FoundField, value: bigint, base: Base): string {
  if (base === 'hex' && width <= 3) return `${value}`
  return showValue(value, width, base)
}

interface Spelling {
  base?: Base
  usage?: Usage
  /** Without what it is called. */
  brief?: boolean
}

/** A field's value as it stands in a line, with what it is called: `2 (Fast)`. */
export function spelledField(
  field: FoundField,
  value: bigint,
  { base = 'hex', usage = 'read', brief = false }: Spelling = {},
): string {
  const name = brief ? undefined : nameOf(field, value, usage)?.name
  const text = showField(field, value, base)
  return name === undefined ? text : `${text} (${printable(name)})`
}

/** What a field is for is not what its value means. */
function inBrackets(text: string): string {
  return text === '' ? '' : `(${text})`
}

/** The first sentence of its description. */
function about({ field: { description = '' } }: FoundField, room: number): string {
  const [first] = description.trim().split(/(?<=\.)\s/)
  return oneLine(first, room).replace(/\.$/, '')
}
