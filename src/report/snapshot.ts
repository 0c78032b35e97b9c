import type { Value, Width } from '../base/width.ts'
import type { Difference } from '../device/snapshot/compare.ts'
import type { SavedRegister } from '../device/snapshot/format.ts'

/** `physmem snapshot --json`: what is in the file. */
export interface SnapshotDocument {
  chip?: string
  target: string
  time: string
  registers: SavedRegister[]
  /** What was not read, and why. */
  skipped: LeftReport[]
  /** Where it was written. */
  file?: string
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

const valueOf64 = (width: number, value: bigint): Value => (width > 32 ? value : Number(value))

export function differenceToJson(difference: Difference): DifferenceReport {
  const { name, width, before, after, fields } = difference
  const plain = (value: bigint): Value => (width === 64 ? value : Number(value))
  return {
    ...{ register: name, width: width as Width, before: plain(before), after: plain(after) },
    fields: fields.map(({ field, before: old, after: now, meaning }) => ({
      name: field.name,
      bits: field.width === 1 ? `${field.lsb}` : `${field.lsb + field.width - 1}:${field.lsb}`,
      before: valueOf64(field.width, old),
      after: valueOf64(field.width, now),
      ...(meaning.before === undefined ? {} : { beforeMeaning: meaning.before }),
      ...(meaning.after === undefined ? {} : { afterMeaning: meaning.after }),
    })),
  }
}
