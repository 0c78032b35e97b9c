import type { Value, Width } from '../base/width.ts'
import type { ShownAddress } from '../operate/shown-address.ts'
import { fieldOf, isVerified, type WriteItem, type Writing } from '../operate/writing.ts'
import { formatBits } from '../place/index.ts'
import { operandText } from './element.ts'

/** `physmem write --json`. */
export interface WriteDocument {
  results: AssignmentReport[]
  dryRun?: true
}

/** One assignment. */
export interface AssignmentReport {
  place: string
  address: ShownAddress
  width: Width
  /** The whole value that is written; of bits, once they are. */
  value?: Value
  bits?: string
  /** The value of the bits; of a register that was named, where one field or run of bits was given. */
  field?: Value
  unaligned?: true
  /** Absent in a dry run, and where it is not known since the connection was lost. */
  done?: boolean
  /** Of an assignment to bits: the whole value before, and the bits of it. */
  old?: Value
  oldField?: Value
  /** With `--verify`. */
  readBack?: Value
  verified?: boolean
  /** Of a register that was named: its name, what describes it, and what was given for it. */
  register?: string
  description?: string
  changes?: ChangeReport[]
  /** Its other fields that are not written as they were read. */
  neighbours?: NeighbourReport[]
  /** Of a dry run: whether a load would come first, and the bits that do not stay as it gives them. */
  update?: boolean
  mask?: Value
}

/** Bits of a register, where they stand. */
interface MaskReport {
  name: string
  mask: Value
  value: Value
}

/** Bits of a register that change. */
export interface ChangeReport extends MaskReport, Partial<BitsReport> {}

/** Bits as an assignment to them has them: `HIGH:LOW` or one number, and their value. */
export interface BitsReport {
  bits: string
  field: Value
  /** What they were, where they were read. */
  oldField?: Value
}

/** Bits that were not meant, and what they are written as. */
export interface NeighbourReport extends MaskReport {
  /** Only a 1 would change them, only a 0 would, or they cannot be read. */
  why: 'one-to' | 'zero-to' | 'reset'
}

export function writingToJson(writing: Writing, { unsure = false } = {}): AssignmentReport {
  const { item, address, done, change, readBack } = writing
  const changed = change && {
    ...{ value: change.written, old: change.old, oldField: fieldOf(item, change.old) },
  }
  return {
    ...assignmentToJson(item, address),
    ...doneReport(done, unsure),
    ...changed,
    ...(readBack === undefined ? {} : { readBack, verified: isVerified(writing) }),
  }
}

/** Nothing is said of what is not known; `unsure`: what is not known to be done may be. */
export function doneReport(done: boolean, unsure: boolean): { done?: boolean } {
  return unsure && !done ? {} : { done }
}

/** An assignment that was not made yet. */
export function assignmentToJson(
  { place, bits, width, value, bytewise }: WriteItem,
  address: ShownAddress,
): AssignmentReport {
  return {
    place: operandText(place, bits),
    address,
    width,
    ...(bits === undefined ? { value } : { bits: formatBits(bits), field: value }),
    ...(bytewise ? { unaligned: true } : {}),
  }
}
