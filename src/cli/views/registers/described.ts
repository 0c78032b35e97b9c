import { fieldsOf } from '../../../describe/lookup.ts'
import type { EnumeratedValue, Field } from '../../../describe/model.ts'
import { EFFECTS, effectOfRead, whyNotInBulk } from '../../../device/read-rules.ts'
import { type DeviceRegister, isReadable, readEffectOf } from '../../../device/register.ts'
import { formatHex } from '../../../text/number.ts'
import { printable } from '../../../text/refuse.ts'
import { padded } from '../format/value.ts'
import { bitsOf } from './lines.ts'
import { bitPicture } from './picture.ts'
import { showWhere } from './where.ts'

/** What a description says of one register: for people. */
export function describedLines(register: DeviceRegister): string[] {
  const { name, found, from, endian } = register
  const { register: own, block } = found
  const rows: [string, string | undefined][] = [
    ['address', `${showWhere(register)} (${block.name} + ${formatHex(found.offset)})`],
    ['access', `${own.access}, ${own.width} bits${endian === 'big' ? ', big-endian' : ''}`],
    ['reset', own.reset === undefined ? undefined : resetText(own.reset, own.resetMask, own.size)],
    ['read', readText(register)],
    ['write', writeText(register)],
    ['bulk', bulkText(register)],
    ['from', block.source === undefined ? from : `${from} (${block.source})`],
  ]
  const fields = fieldsOf(own)
  return [
    `${name}  ${plain(own.description ?? '')}`.trimEnd(),
    ...saidLines(rows),
    ...(fields.length === 0 ? [] : ['', ...bitPicture(own).map((line) => `  ${line}`), '']),
    ...fieldRows(register),
  ]
}

/** What there is to say, each with its label. */
export function saidLines(rows: readonly (readonly [string, string | undefined])[]): string[] {
  const said = rows.filter((row): row is [string, string] => row[1] !== undefined)
  const names = padded(said.map(([label]) => label))
  return said.map(([, text], index) => `  ${names[index]}  ${printable(text)}`)
}

function resetText(reset: bigint, mask: bigint | undefined, size: number): string {
  const value = formatHex(reset, size)
  return mask === undefined || mask === (1n << BigInt(size)) - 1n
    ? value
    : `${value}, of which the bits ${formatHex(mask, size)} are defined`
}

export function readText({ found }: DeviceRegister): string | undefined {
  if (!isReadable(found.register.access)) return undefined
  const known = readEffectOf(found.register)
  if (known === undefined) return 'not known'
  return known.effect === 'none' ? 'has no effect' : effectOfRead(found.register, known)
}

function writeText({ found }: DeviceRegister): string | undefined {
  const { writeEffect, highWordMask } = found.register
  if (highWordMask) return 'the upper half says which bits of the lower half change'
  return writeEffect?.replaceAll('-', ' ')
}

function bulkText(register: DeviceRegister): string | undefined {
  const reason = whyNotInBulk(register)
  return reason === undefined ? undefined : `not read with others: ${reason.text}`
}

/** One line a field, and under it the names of its values. */
function fieldRows({ found }: DeviceRegister): string[] {
  const fields = fieldsOf(found.register).reverse()
  const names = padded(fields.map(({ name }) => printable(name)))
  const bits = padded(fields.map(bitsOf))
  return fields.flatMap((one, index) => {
    const { field } = one
    const notes = notesOf(field)
    const text = [plain(field.description ?? ''), notes === '' ? '' : `(${notes})`]
    const end = text.filter((part) => part !== '').join(' ')
    return [
      `  ${names[index]}  ${bits[index]}  ${end}`.trimEnd(),
      ...valueLines(field).map((line) => `      ${line}`),
    ]
  })
}

/** The names of its values: one line for each list of them. */
export function valueLines({ enumerations = [] }: Field): string[] {
  return enumerations.map(({ usage, values }) => {
    const how = usage === 'read-write' ? '' : `${usage}: `
    return `${how}${values.map(valueText).join(', ')}`
  })
}

function notesOf({ access, readEffect, writeEffect }: Field): string {
  const read = readEffect === undefined || readEffect === 'none' ? undefined : EFFECTS[readEffect]
  return [access, read, writeEffect?.replaceAll('-', ' ')].filter(Boolean).join('; ')
}

function valueText({ name, value, mask }: EnumeratedValue): string {
  if (value === undefined) return `all others ${printable(name)}`
  const of = mask === undefined ? '' : ` of the bits ${formatHex(mask)}`
  return `${value}${of} ${printable(name)}`
}

export function plain(text: string): string {
  return printable(text.replace(/\s+/g, ' ').trim())
}
