/** What can be generated for a register: its fields, and which of reading, writing and changing. */
import { fieldsOf } from '../lookup.ts'
import type { Access, EnumeratedValue, Field, Register, WriteEffect } from '../model.ts'
import { Names } from './names.ts'

export interface PlannedField {
  /** As a member. */
  key: string
  field: Field
  lsb: number
  width: number
  /** The bits of the register that it has. */
  bits: bigint
  access: Access
  isRead: boolean
  isWritten: boolean
  effect: WriteEffect | undefined
  /** What is stored where it is not given: where that is not what was loaded. */
  neutral: bigint | undefined
  readNames: readonly EnumeratedValue[]
  writeNames: readonly EnumeratedValue[]
}

export interface PlannedRegister {
  register: Register
  fields: readonly PlannedField[]
  isRead: boolean
  isWritten: boolean
  /** Its bytes are in the order that the CPU's are not. */
  isSwapped: boolean
  /** How fields are changed; of `none`, `why` says it. */
  change: 'load-and-store' | 'store' | 'none'
  why: string
  /** Whether all fields together are a value: no two of those that are written overlap. */
  hasWhole: boolean
  /** Pairs of keys whose bits overlap: both at once have no meaning. */
  overlaps: readonly (readonly [string, string])[]
  /** What a change stores besides: bits that are no field's, or whose loaded value is not theirs. */
  fixed: { mask: bigint; bits: bigint }
  /** What is stored with all fields where no field is. */
  rest: bigint
}

const canRead = (access: Access) => !access.startsWith('write-')
const canWrite = (access: Access) => access !== 'read-only'
const isOnce = (access: Access) => access.endsWith('-once')

export function planRegister(register: Register, isSwapped: boolean): PlannedRegister {
  const { access, width, size } = register
  const isMasked = register.highWordMask === true
  const half = size / 2
  const all = (1n << BigInt(width)) - 1n
  const found = fieldsOf(register).filter(
    ({ lsb, width: bits }) => lsb + bits <= (isMasked ? half : width),
  )
  const names = Names.ofMembers()
  const fields = found.map(({ name, field, lsb, width: bits }) =>
    planField(names.take(name), field, lsb, bits, register),
  )
  const written = fields.filter((one) => one.isWritten)
  const overlaps = overlapsOf(written)
  const described = fields.reduce((sum, one) => sum | one.bits, 0n)
  const undescribed = ((1n << BigInt(size)) - 1n) & ~described
  const ones = neutralOf(register.writeEffect, undescribed)
  const fixed = { mask: 0n, bits: 0n }
  if (ones !== undefined) {
    fixed.mask |= undescribed
    fixed.bits |= ones
  }
  for (const { neutral, bits } of fields) {
    if (neutral === undefined) continue
    fixed.mask |= bits
    fixed.bits |= neutral
  }
  const known = (register.reset ?? 0n) & (register.resetMask ?? all) & all
  const storable = written.reduce((sum, one) => sum | one.bits, 0n)
  const isRead = canRead(access)
  const isWritten = canWrite(access)
  const why = isWritten ? whyNoChange(register, fields, written, isMasked) : ''
  return {
    register,
    fields,
    isRead,
    isWritten,
    isSwapped,
    change: !isWritten || why !== '' ? 'none' : isMasked ? 'store' : 'load-and-store',
    why,
    hasWhole: isWritten && written.length > 0 && overlaps.length === 0,
    overlaps,
    fixed,
    rest: (known & ~storable & ~fixed.mask) | (fixed.bits & ~storable),
  }
}

function planField(
  key: string,
  field: Field,
  lsb: number,
  width: number,
  register: Register,
): PlannedField {
  const bits = ((1n << BigInt(width)) - 1n) << BigInt(lsb)
  const access = field.access ?? register.access
  const effect = field.writeEffect ?? register.writeEffect
  const isRead = canRead(access) && canRead(register.access)
  const isWritten = canWrite(access) && canWrite(register.access)
  const names = (usage: 'read' | 'write') =>
    width > 32 ? [] : namesOf(field, usage, (1n << BigInt(width)) - 1n)
  return {
    ...{ key, field, lsb, width, bits, access, isRead, isWritten, effect },
    neutral:
      neutralOf(effect, bits) ?? (isRead || !isWritten ? undefined : resetOf(register, bits)),
    readNames: names('read'),
    writeNames: names('write'),
  }
}

/** Bits to store that change nothing, where those that were loaded would. */
function neutralOf(effect: WriteEffect | undefined, bits: bigint): bigint | undefined {
  if (effect?.startsWith('one-to-')) return 0n
  return effect?.startsWith('zero-to-') ? bits : undefined
}

/** The bits after a reset, where they are all known. */
function resetOf({ reset, resetMask, size }: Register, bits: bigint): bigint | undefined {
  const known = resetMask ?? (1n << BigInt(size)) - 1n
  return reset === undefined || (known & bits) !== bits ? undefined : reset & bits
}

function whyNoChange(
  register: Register,
  fields: readonly PlannedField[],
  written: readonly PlannedField[],
  isMasked: boolean,
): string {
  if (written.length === 0) return 'no field of it is written'
  if (isMasked) return ''
  if (!canRead(register.access)) return 'it is write-only'
  const hasEffect = (effect: string | undefined) => effect !== undefined && effect !== 'none'
  if (hasEffect(register.readEffect)) return 'a read of it has an effect'
  const read = fields.find(({ field }) => hasEffect(field.readEffect))
  if (read) return `a read of ${read.key} has an effect`
  if (['clear', 'set', 'modify'].includes(register.writeEffect ?? '')) {
    return 'whatever is written changes all of it'
  }
  const any = fields.find(({ effect }) => ['clear', 'set', 'modify'].includes(effect ?? ''))
  if (any) return `whatever is written changes ${any.key}`
  if (isOnce(register.access)) return 'it is written once after a reset'
  const once = written.find(({ access }) => isOnce(access))
  if (once) return `${once.key} is written once after a reset`
  const blind = written.find(({ isRead, neutral }) => !isRead && neutral === undefined)
  return blind ? `${blind.key} is not read, and its value after a reset is not known` : ''
}

function overlapsOf(fields: readonly PlannedField[]): [string, string][] {
  return fields.flatMap((one, index) =>
    fields
      .slice(index + 1)
      .filter(({ bits }) => (bits & one.bits) !== 0n)
      .map(({ key }): [string, string] => [one.key, key]),
  )
}

/** The values that have a name, each name once; what does not fit in the field is none of it. */
function namesOf(field: Field, usage: 'read' | 'write', most: bigint): EnumeratedValue[] {
  const one = field.enumerations?.find((each) => each.usage === usage)
  const { values = [] } =
    one ?? field.enumerations?.find((each) => each.usage === 'read-write') ?? {}
  const fitting = values.filter(({ value }) => value === undefined || value <= most)
  const count = (name: string) => fitting.filter((each) => each.name === name).length
  return fitting.map((each) =>
    count(each.name) === 1 ? each : { ...each, name: `${each.name}_${each.value ?? 'other'}` },
  )
}
