import type { FoundField } from '../../../describe/lookup.ts'
import { type DeviceRegister, isReadable } from '../../../device/register.ts'
import { printable } from '../../../text/refuse.ts'
import { plain, readText, saidLines, storeText, valueLines } from './described.ts'
import { bitsOf, showField } from './lines.ts'
import { showWhere } from './where.ts'

/** What a register, or a field of it, is called. */
export function nameOf(register: DeviceRegister, field: FoundField | undefined): string {
  return field === undefined ? register.name : `${register.name}:${field.name}`
}

/** What a description says of one field: for people. */
export function describedFieldLines(register: DeviceRegister, found: FoundField): string[] {
  const { register: own } = register.found
  const { field, width } = found
  const access = field.access ?? own.access
  const [first, ...others] = valueLines(field)
  const rows: [string, string | undefined][] = [
    ['bits', `${bitsOf(found)} of ${register.name}, at ${showWhere(register)}`],
    ['access', `${access}, ${width} of ${own.width} bits`],
    ['reset', resetOf(register, found)],
    ['read', isReadable(access) ? readText(register) : undefined],
    ['write', storeText(field.writeEffect ?? own.writeEffect)],
    ['values', first],
    ...others.map((line): [string, string] => ['', line]),
  ]
  const title = `${nameOf(register, found)}  ${plain(field.description ?? '')}`
  return [printable(title).trimEnd(), ...saidLines(rows)]
}

/** `undefined` where it is not known of all its bits. */
function resetOf({ found }: DeviceRegister, field: FoundField): string | undefined {
  const { reset, resetMask } = found.register
  const ones = (1n << BigInt(field.width)) - 1n
  const part = (whole: bigint) => (whole >> BigInt(field.lsb)) & ones
  if (reset === undefined || (resetMask !== undefined && part(resetMask) !== ones)) return undefined
  return showField(field, part(reset), 'hex')
}
