import type { Value } from '../base/width.ts'
import { type FoundField, fieldsOf } from '../describe/lookup.ts'
import type { Reason, Rule } from '../device/read-rules.ts'
import { type DeviceRegister, isReadable } from '../device/register.ts'
import type { Change } from '../device/store-values.ts'
import { fieldValue, nameOf } from '../device/values.ts'
import type { ReadElement } from '../operate/reading.ts'
import type { Storing } from '../operate/store.ts'
import { isStored } from '../operate/store.ts'
import { type Bits, extractBits, formatBits } from '../place/index.ts'
import { formatPlace } from '../place/place.ts'
import { type ElementReport, type FieldReport, readingToJson } from './element.ts'
import { valueOfBits } from './value.ts'
import { type AssignmentReport, type BitsReport, doneReport } from './write.ts'

/** A register that was left out where many were read. */
export interface SkippedReport {
  register: string
  rule: Rule
  why: string
}

/** A field that was asked for, or bits. */
interface Part {
  name: string
  bits: Bits
  field?: FoundField
}

/** What a document has of a register, besides what it has of every element. */
export function registerReport(
  register: DeviceRegister,
  part: Part | undefined,
  { value }: Pick<ReadElement, 'value'>,
): Pick<ElementReport, 'register' | 'description' | 'fields'> {
  return {
    register: part === undefined ? register.name : `${register.name}:${part.name}`,
    description: register.from,
    fields: fieldsToJson(register, value),
  }
}

export function registerToJson(
  register: DeviceRegister,
  part: Part | undefined,
  element: ReadElement,
): ElementReport {
  const { value } = element
  const own = part && extractBits(BigInt(value), part.bits)
  const bits = part && { bits: formatBits(part.bits), field: own ?? 0 }
  return {
    ...readingToJson(element),
    ...bits,
    ...registerReport(register, part, element),
  }
}

export function fieldsToJson({ found }: DeviceRegister, value: Value): FieldReport[] {
  return fieldsOf(found.register)
    .filter(({ field }) => isReadable(field.access))
    .map((field) => {
      const own = fieldValue(field, value)
      const meaning = nameOf(field, own)?.name
      const bits = formatBits({ high: field.lsb + field.width - 1, low: field.lsb })
      const plain = valueOfBits(field.width, own)
      return { name: field.name, bits, value: plain, ...(meaning === undefined ? {} : { meaning }) }
    })
}

export function skippedToJson(
  skipped: readonly { register: DeviceRegister; reason: Reason }[],
): SkippedReport[] {
  return skipped.map(({ register, reason }) => ({
    ...{ register: register.name, rule: reason.rule, why: reason.text },
  }))
}

/** A store of a register that was named; `isDry`: it was not made; `unsure`: it may be though it is not known. */
export function storingToJson(
  storing: Storing,
  { isDry = false, unsure = false } = {},
): AssignmentReport {
  const { store, address, done, old, written, readBack } = storing
  const { register, changes, neutral, mask, value, isUpdate } = store
  const { width } = register.found.register
  const plain = (bits: bigint): Value => valueOfBits(width, bits)
  const parts = changes.map((change) => bitsReport(change, old))
  const only = parts.length === 1 ? parts[0] : undefined
  const neighbours = neutral.map((one) => ({
    ...{ name: one.name, mask: plain(one.mask), value: plain(one.value), why: one.why },
  }))
  return {
    ...{ place: formatPlace(register.place), address, width },
    ...(only && { place: `${formatPlace(register.place)}:${only.bits}`, ...only }),
    ...{ register: register.name, description: register.from },
    changes: changes.map((one, index) => ({
      ...{ name: one.name, mask: plain(one.mask), value: plain(one.value & one.mask) },
      ...parts[index],
    })),
    ...(neighbours.length === 0 ? {} : { neighbours }),
    ...(isDry
      ? { update: isUpdate, mask: plain(mask), value: plain(value) }
      : doneReport(done, unsure)),
    ...(written === undefined ? {} : { value: written }),
    ...(old === undefined ? {} : { old }),
    ...(readBack === undefined ? {} : { readBack, verified: isStored(storing) }),
  }
}

/** A change of bits that follow one another, as an assignment to bits has them. */
function bitsReport({ mask, value, braces, isWhole }: Change, old?: Value): BitsReport | undefined {
  if (braces !== undefined || isWhole) return undefined
  const digits = mask.toString(2)
  const bits = { high: digits.length - 1, low: digits.length - digits.replace(/0*$/, '').length }
  const part = (whole: Value) => extractBits(BigInt(whole), bits)
  const before = old === undefined ? {} : { oldField: part(old) }
  return { bits: formatBits(bits), field: part(value), ...before }
}
