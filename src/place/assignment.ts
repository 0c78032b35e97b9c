import type { Bits } from '../text/bits.ts'
import { formatHex } from '../text/number.ts'
import { clip, malformed } from '../text/refuse.ts'
import { formatOperand, parseOperand } from './operand.ts'
import type { Place } from './schemes/index.ts'
import { checkValue, parseValue } from './value.ts'

/** A value for a place, or for bits of it: what `write` takes. */
export interface Assignment {
  place: Place
  bits?: Bits
  /** Fits the bits, when there are any; whether it fits the access is for `checkValue`. */
  value: bigint
}

/** A value that is waited for, or with `negate`, whose end is waited for: what `wait` takes. */
export interface Condition extends Assignment {
  negate: boolean
}

/**
 * `OPERAND=VALUE`; the last `=` divides. Throws ESYNTAX, ERANGE, ESCHEME, or EVALUE for a value that
 * does not fit the bits.
 */
export function parseAssignment(text: string): Assignment {
  const split = text.lastIndexOf('=')
  if (split < 0) {
    throw malformed(text, 'an assignment', 'expected PLACE=VALUE, such as 0xfed00000=0x1')
  }
  const target = text.slice(0, split)
  const value = text.slice(split + 1)
  if (/[=!]$/.test(target)) {
    const meant = `${target.slice(0, -1)}=${value}`
    throw malformed(text, 'an assignment', `expected one "=", did you mean ${clip(meant)}?`)
  }
  return parseSides(text, 'an assignment', target, value)
}

/** `OPERAND=VALUE` (or `==`), or `OPERAND!=VALUE`. Throws as `parseAssignment`. */
export function parseCondition(text: string): Condition {
  const split = /(?:[!=]=|=)[^=]*$/.exec(text)
  if (split === null) {
    throw malformed(text, 'a condition', 'expected PLACE=VALUE or PLACE!=VALUE, such as 0x10:7=0')
  }
  const [tail] = split
  const value = tail.slice(tail.lastIndexOf('=') + 1)
  const target = text.slice(0, split.index)
  return { ...parseSides(text, 'a condition', target, value), negate: tail.startsWith('!') }
}

function parseSides(text: string, what: string, target: string, valueText: string): Assignment {
  if (target === '') throw malformed(text, what, 'no place before "="')
  if (valueText === '') throw malformed(text, what, 'no value after "="')
  const { place, bits } = parseOperand(target)
  const value = parseValue(valueText)
  if (bits === undefined) return { place, value }
  checkValue(value, bits)
  return { place, bits, value }
}

/** The canonical text: it parses to an equal assignment. */
export function formatAssignment(assignment: Assignment): string {
  return `${formatOperand(assignment)}=${formatHex(assignment.value)}`
}

/** The canonical text: it parses to an equal condition. */
export function formatCondition(condition: Condition): string {
  const sign = condition.negate ? '!=' : '='
  return `${formatOperand(condition)}${sign}${formatHex(condition.value)}`
}
