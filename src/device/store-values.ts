/** Which values a description allows to be stored. */
import { type FoundField, fieldsOf } from '../describe/lookup.ts'
import type { WriteConstraint } from '../describe/model.ts'
import { formatHex } from '../text/number.ts'
import type { StoreWords } from '../wording/store.ts'
import { type DeviceRegister, isWritable, maskOf } from './register.ts'
import { nameOf, namesOf } from './values.ts'

/** Bits that are to change, where they stand in the register. */
export interface Change {
  /** As it was given, for messages: `UART0.CR:TXE`. */
  name: string
  mask: bigint
  value: bigint
  /** Where all of one field is named. */
  field?: FoundField
  /** As a value and its mask were given: `{0xff,0x0f}`. */
  braces?: string
  /** All of the register, as it is. */
  isWhole?: true
}

/** What to do about a refusal, in the words of who asked. */
export type Cure = (words: StoreWords) => string

/** `reason`: the text without the name of the register. */
export type Refuse = (text: string, cure?: Cure, reason?: string) => void

/** Refuses what a description says may not be stored. */
export function checkChange(register: DeviceRegister, change: Change, refuse: Refuse): void {
  const { name, field, value, isWhole } = change
  if (field === undefined) checkFields(register, change, refuse)
  if (field?.field.access !== undefined && !isWritable(field.field.access)) {
    refuse(`${name} is read-only`)
  }
  const constraint =
    field?.field.writeConstraint ?? (isWhole ? register.found.register.writeConstraint : undefined)
  if (constraint?.kind === 'as-read') {
    refuse(`${name} ${AS_READ}`)
  } else {
    const plain = field === undefined ? value : value >> BigInt(field.lsb)
    const why = whyNotTaken(constraint, field, plain)
    if (why !== undefined) refuse(`${name} ${why}`)
  }
}

/** Why a value may not be stored, as what follows the name of what has the constraint. */
function whyNotTaken(
  constraint: WriteConstraint | undefined,
  field: FoundField | undefined,
  value: bigint,
): string | undefined {
  if (constraint?.kind === 'range') {
    const { minimum, maximum } = constraint
    if (value >= minimum && value <= maximum) return undefined
    const range = `${formatHex(minimum)} to ${formatHex(maximum)}`
    return `takes ${range}, but ${formatHex(value)} is not one of these`
  }
  if (constraint?.kind !== 'enumerated' || field === undefined) return undefined
  const hasNames = namesOf(field, 'write').length > 0
  if (!hasNames || nameOf(field, value, 'write') !== undefined) return undefined
  return `takes only named values, and ${formatHex(value)} has no name`
}

/** The fields in a value of more bits, or of other ones, as they may be written. */
function checkFields(
  register: DeviceRegister,
  { mask, value, isWhole }: Change,
  refuse: Refuse,
): void {
  for (const one of fieldsOf(register.found.register)) {
    const bits = maskOf(one)
    const constraint = one.field.writeConstraint
    const name = `${register.name}:${one.name}`
    // Who gives a whole value has to give these bits, too, and may have read them: it is noted.
    if (constraint?.kind === 'as-read' && !isWhole && (mask & bits) !== 0n) {
      refuse(`${name} ${AS_READ}`)
    }
    if ((mask & bits) !== bits) continue
    const why = whyNotTaken(constraint, one, (value & bits) >> BigInt(one.lsb))
    if (why !== undefined) refuse(`${name} ${why}`)
  }
}

const AS_READ = 'may only be written as it was read'

/** That a whole value has fields which are to stay as they are. */
export function notesOfAsRead({ name, found }: DeviceRegister): string[] {
  return fieldsOf(found.register)
    .filter(({ field }) => field.writeConstraint?.kind === 'as-read')
    .map((one) => `${name}:${one.name} ${AS_READ}`)
}
