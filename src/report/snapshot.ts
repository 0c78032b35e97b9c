import type { Value, Width } from '../base/width.ts'
import type { Difference } from '../device/snapshot/compare.ts'
import type { ShownAddress } from '../operate/shown-address.ts'
import { valueOfBits } from './value.ts'

/** `physmem snapshot --json`. */
export interface SnapshotDocument {
  chip?: string
  target: string
  time: string
  registers: RegisterValueReport[]
  /** What was not read, and why. */
  skipped: LeftReport[]
  /** Where it was written. */
  file?: string
}

/** A register that was read. */
export interface RegisterValueReport {
  register: string
  place: string
  address: ShownAddress
  width: Width
  value: Value
}

/** A register that was left as it is, or not read, and why. */
export interface LeftReport {
  register: string
  why: string
}

/** `physmem diff --json`. */
export interface DiffDocument {
  before: string
  /** The other file; absent where the machine was asked. */
  after?: string
  /** Registers that were compared. */
  compared: number
  equal: boolean
  differences: DifferenceReport[]
  /** What only one side has, or what was not read, and why. */
  skipped: LeftReport[]
}

/** A register of which two values differ. */
export interface DifferenceReport {
  register: string
  width: Width
  before: Value
  after: Value
  /** The fields that differ. */
  fields: FieldDifferenceReport[]
}

export interface FieldDifferenceReport {
  name: string
  bits: string
  before: Value
  after: Value
  /** What the values are called. */
  beforeMeaning?: string
  afterMeaning?: string
}

/** `physmem restore --json`. */
export interface RestoreDocument {
  file: string
  dryRun?: true
  /** Registers that have the value already. */
  same: number
  /** What was written, or would be: what it was, and what it became. */
  restored: DifferenceReport[]
  /** What differs and was left as it is. */
  left: LeftReport[]
}

export function differenceToJson(difference: Difference): DifferenceReport {
  const { name, width, before, after, fields } = difference
  return {
    ...{ register: name, width: width as Width, before: valueOfBits(width, before) },
    after: valueOfBits(width, after),
    fields: fields.map(({ field, before: old, after: now, meaning }) => ({
      name: field.name,
      bits: field.width === 1 ? `${field.lsb}` : `${field.lsb + field.width - 1}:${field.lsb}`,
      before: valueOfBits(field.width, old),
      after: valueOfBits(field.width, now),
      ...(meaning.before === undefined ? {} : { beforeMeaning: meaning.before }),
      ...(meaning.after === undefined ? {} : { afterMeaning: meaning.after }),
    })),
  }
}
