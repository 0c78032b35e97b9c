import type { Value, Width } from '../base/width.ts'
import { type FoundField, fieldsOf } from '../describe/lookup.ts'
import { whyNotInBulk } from '../device/read-rules.ts'
import type { DeviceRegister } from '../device/register.ts'
import { formatBits } from '../place/index.ts'
import { valueOfBits } from './value.ts'
import { type WhereReport, whereToJson } from './where.ts'

/** `physmem describe --json`. */
export interface DescribeDocument {
  registers: DescribedRegister[]
}

/** What a description says of a register. */
export interface DescribedRegister extends WhereReport {
  name: string
  width: Width
  access: string
  reset?: Value
  /** What a load does, and what a store makes of the bits. */
  readEffect?: string
  writeEffect?: string
  /** Why it is left out where many are read. */
  skipped?: string
  text?: string
  /** What describes it: a file, `sim:`, or `physmem`. */
  description: string
  fields: DescribedField[]
}

export interface DescribedField {
  name: string
  bits: string
  access?: string
  readEffect?: string
  writeEffect?: string
  text?: string
  /** Names of values; one without a value stands for all others. */
  values?: { name: string; value?: Value }[]
}

/** Of all fields, or of the one that was asked for. */
export function describedToJson(register: DeviceRegister, only?: FoundField): DescribedRegister {
  const { name, found, from } = register
  const { width, access, reset, readEffect, writeEffect, description } = found.register
  const skipped = whyNotInBulk(register)
  return {
    ...{ name, ...whereToJson(register), width, access },
    ...(reset === undefined ? {} : { reset: valueOfBits(width, reset) }),
    ...(readEffect && { readEffect }),
    ...(writeEffect && { writeEffect }),
    ...(skipped && { skipped: skipped.text }),
    ...(description && { text: description }),
    description: from,
    fields: (only ? [only] : fieldsOf(found.register)).map(
      ({ name, field, lsb, width }): DescribedField => {
        const values = (field.enumerations ?? []).flatMap((one) =>
          one.values.map(({ name, value }) => ({
            ...{ name, ...(value === undefined ? {} : { value: valueOfBits(width, value) }) },
          })),
        )
        return {
          ...{ name, bits: formatBits({ high: lsb + width - 1, low: lsb }) },
          ...(field.access && { access: field.access }),
          ...(field.readEffect && { readEffect: field.readEffect }),
          ...(field.writeEffect && { writeEffect: field.writeEffect }),
          ...(field.description && { text: field.description }),
          ...(values.length === 0 ? {} : { values }),
        }
      },
    ),
  }
}
