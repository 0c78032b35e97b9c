import { RequestError } from '../base/errors.ts'
import { type Bits, formatBits } from '../text/bits.ts'
import { didYouMean, type Hinted } from '../text/hint.ts'
import { formatHex } from '../text/number.ts'
import { clip, malformed, quote } from '../text/refuse.ts'
import { accepted, suggesting } from '../text/suggest.ts'
import { withoutBrackets } from './dissect.ts'
import { formatOperand, parseOperand } from './operand.ts'
import { parsePlace } from './place.ts'
import type { Relation } from './relation.ts'
import { type Place, schemeOf } from './schemes/index.ts'
import { formatLiteral, type Literal, literalValue, parseLiteral } from './value.ts'

/** A value for a place, or for bits of it: what `write` takes. */
export interface Assignment extends Literal {
  place: Place
  /** The value fits them, when there are any; whether it fits the access is for `literalValue`. */
  bits?: Bits
}

/** A relation that is waited for: what `wait` takes. */
export interface Condition extends Assignment {
  relation: Relation
}

const what = 'an assignment'

/**
 * `OPERAND=VALUE`; the last `=` divides. Throws ESYNTAX, ERANGE, ESCHEME, or EVALUE for a value that
 * does not fit the bits.
 */
export function parseAssignment(text: string): Assignment {
  return suggesting(text, readAssignment, () => readAssignment(text))
}

function readAssignment(text: string): Assignment {
  const split = text.lastIndexOf('=')
  if (split < 0) throw malformed(text, what, 'expected PLACE=VALUE, such as 0xfed00000=0x1')
  const target = text.slice(0, split)
  const value = text.slice(split + 1)
  const operator = /(?:<<|>>|[-!=<>+|&^])$/.exec(target)?.[0]
  if (operator === undefined) {
    return onceOnly(text, what, target, value, () => parseSides(text, what, target, value))
  }
  throw malformed(text, what, whyNotCombined(text, operator))
}

/**
 * Says of `A=1=2` that it has two values, where it cannot be read otherwise. What stands behind a path
 * may be of the path.
 */
function onceOnly<T>(text: string, what: string, target: string, value: string, parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    const sides = [...target.split('='), value]
    const values = sides.slice(1).map(clip)
    const last = values.pop()
    const isPath = schemeOf(text)?.freeText !== undefined
    if (!(error instanceof RequestError) || values.length === 0 || isPath || sides.includes(''))
      throw error
    throw malformed(text, what, `expected one value, not ${values.join(', ')} and ${last}`)
  }
}

/** Why `A|=B` and its like are none: no device reads, changes and writes in one access. */
function whyNotCombined(text: string, operator: string): string | Hinted {
  const [target = '', value = ''] = text.split(`${operator}=`)
  if (operator === '=' || operator === '!') {
    return didYouMean('expected one "="', accepted(text, `${target}=${value}`))
  }
  const sign = quote(`${operator}=`)
  const meant = accepted(text, namedBits(target, operator, value))
  if (meant !== undefined) return didYouMean(`${sign} is not supported, bits are named`, meant)
  if ('|&^'.includes(operator)) {
    return `${sign} is not supported: name the bits, as in PLACE:7:4=VALUE, or read the value first`
  }
  return `${sign} is not supported: read the value first, and write what it is to be`
}

/**
 * `A|=0x30` as `A:5:4=0x3`, and `A&=~0x30` as `A:5:4=0`, where the mask is one run of bits; `undefined`
 * where it is not, or the target has bits already.
 */
function namedBits(target: string, operator: string, valueText: string): string | undefined {
  try {
    parsePlace(target)
    const { value: mask, sign } = parseLiteral(valueText)
    const [, ones = '', zeros = ''] = /^(1+)(0*)$/.exec(mask.toString(2)) ?? []
    if (ones === '' || `${operator}${sign ?? ''}` !== (sign ? '&~' : '|')) return undefined
    const high = ones.length + zeros.length - 1
    const bits = formatBits({ high, low: zeros.length })
    return `${target}:${bits}=${sign ? '0' : formatHex(BigInt(`0b${ones}`))}`
  } catch (error) {
    if (error instanceof RequestError) return undefined
    throw error
  }
}

/**
 * `OPERAND=VALUE` (or `==`), `OPERAND!=VALUE`, and the same with `<`, `<=`, `>` and `>=`, which compare
 * without a sign. Throws as `parseAssignment`.
 */
export function parseCondition(text: string): Condition {
  return suggesting(text, readCondition, () => readCondition(text))
}

function readCondition(text: string): Condition {
  const parts = /^(.*?)([!=<>]=|[=<>])([^=<>]*)$/s.exec(text)
  if (parts === null) {
    const expected = 'expected PLACE=VALUE, or !=, <, <=, >, >= (in quotes), such as 0x10:7=0'
    throw malformed(text, 'a condition', expected)
  }
  const { 1: target = '', 2: operator = '', 3: value = '' } = parts
  const relation = (operator === '==' ? '=' : operator) as Relation
  const sides = onceOnly(text, 'a condition', target, value, () =>
    parseSides(text, 'a condition', target, value, operator),
  )
  if (sides.sign === '-' && /[<>]/.test(relation)) {
    const why = `${quote(operator)} compares without a sign, but ${value} has one`
    throw malformed(text, 'a condition', why)
  }
  return { ...sides, relation }
}

function parseSides(
  text: string,
  what: string,
  target: string,
  valueText: string,
  operator = '=',
): Assignment {
  if (target === '') throw malformed(text, what, `no place before ${quote(operator)}`)
  if (valueText === '') throw malformed(text, what, `no value after ${quote(operator)}`)
  const unbracketed = withoutBrackets(target)
  if (unbracketed !== undefined && isOperand(unbracketed)) {
    const meant = accepted(text, `${unbracketed}${operator}${valueText}`)
    throw malformed(text, what, didYouMean('bits follow a colon', meant))
  }
  const { place, bits } = parseOperand(target)
  const literal = parseLiteral(valueText)
  if (bits === undefined) return { place, ...literal }
  literalValue(literal, bits)
  return { place, bits, ...literal }
}

function isOperand(text: string): boolean {
  try {
    parseOperand(text)
    return true
  } catch (error) {
    if (error instanceof RequestError) return false
    throw error
  }
}

/** The canonical text: it parses to an equal assignment. */
export function formatAssignment(assignment: Assignment): string {
  return `${formatOperand(assignment)}=${formatLiteral(assignment)}`
}

/** The canonical text: it parses to an equal condition. */
export function formatCondition(condition: Condition): string {
  return `${formatOperand(condition)}${condition.relation}${formatLiteral(condition)}`
}
