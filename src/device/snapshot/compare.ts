import type { Value } from '../../base/width.ts'
import { type FoundField, fieldsOf } from '../../describe/lookup.ts'
import { type DeviceRegister, maskOf } from '../register.ts'
import { fieldValue, nameOf } from '../values.ts'

/** A register whose values differ. */
export interface Difference {
  name: string
  before: bigint
  after: bigint
  /** Bits of an access. */
  width: number
  /** Its fields that differ, from the highest bit down; where nothing describes any, none. */
  fields: FieldDifference[]
}

export interface FieldDifference {
  field: FoundField
  before: bigint
  after: bigint
  /** What the values are called. */
  meaning: { before: string | undefined; after: string | undefined }
}

/** What of a register differs; `undefined` for nothing. `described`: where its description is known. */
export function differenceOf(
  { name, width, described }: { name: string; width: number; described?: DeviceRegister },
  before: Value,
  after: Value,
): Difference | undefined {
  const [old, now] = [BigInt(before), BigInt(after)]
  if (old === now) return undefined
  const all = described === undefined ? [] : fieldsOf(described.found.register)
  const fields = all
    .filter((field) => ((old ^ now) & maskOf(field)) !== 0n)
    .map((field) => fieldDifference(field, old, now))
    .reverse()
  return { name, before: old, after: now, width, fields }
}

function fieldDifference(field: FoundField, old: bigint, now: bigint): FieldDifference {
  const [before, after] = [fieldValue(field, old), fieldValue(field, now)]
  const meaning = { before: nameOf(field, before)?.name, after: nameOf(field, after)?.name }
  return { field, before, after, meaning }
}
