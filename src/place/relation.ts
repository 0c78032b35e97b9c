import type { Value, Width } from '../base/width.ts'
import { type Bits, countBits } from '../text/bits.ts'
import { formatHex } from '../text/number.ts'
import { refusal } from '../text/refuse.ts'
import { describeRoom } from './value.ts'

/** How what is read is compared with the value; values have no sign. */
export type Relation = '=' | '!=' | '<' | '<=' | '>' | '>='

/** Whether a value is in the relation to another. */
export function isMet(value: bigint, relation: Relation, other: bigint): boolean {
  switch (relation) {
    case '=':
      return value === other
    case '!=':
      return value !== other
    case '<':
      return value < other
    case '<=':
      return value <= other
    case '>':
      return value > other
    case '>=':
      return value >= other
  }
}

/** Throws EVALUE where no value of a width or a run of bits is in the relation: `<` to 0, `>` to all ones. */
export function checkReachable(relation: Relation, value: Value, room: Width | Bits): void {
  const width = typeof room === 'number' ? room : countBits(room)
  const largest = (1n << BigInt(width)) - 1n
  const end = { '<': 0n, '>': largest }[relation as string]
  if (end === undefined || BigInt(value) !== end) return
  const text = formatHex(end)
  const never = 'the condition would never be true'
  throw refusal('EVALUE', `no value ${describeRoom(room)} is ${relation} ${text}: ${never}`, text)
}
