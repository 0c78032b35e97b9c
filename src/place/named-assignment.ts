import { RequestError } from '../base/errors.ts'
import { formatHex } from '../text/number.ts'
import { malformed, quote } from '../text/refuse.ts'
import { suggesting } from '../text/suggest.ts'
import { formatNamed, type NamedOperand, parseNamed } from './named.ts'
import { isNamed } from './named-words.ts'
import type { Relation } from './relation.ts'
import { formatLiteral, type Literal, parseLiteral, parseValue } from './value.ts'

/** A number, or the name of a value of a field. */
export type NamedValue = Literal | { name: string }

/** `UART0.CR:TXEN=1`, `UART0.CR:MODE=Fast`, or value and mask together: `'GPIO.CON{0xff,0x0f}'`. */
export interface NamedAssignment {
  kind: 'named'
  operand: NamedOperand
  value: NamedValue
  /** The bits of the value that are stored; absent: those of the operand. */
  mask?: bigint
}

/** `UART0.FR:TXFE=empty`, or with another relation. */
export interface NamedCondition {
  kind: 'named'
  operand: NamedOperand
  value: NamedValue
  relation: Relation
}

const what = 'an assignment'

/** Throws ESYNTAX, EVALUE, or what the operand throws. */
export function parseNamedAssignment(text: string): NamedAssignment {
  return suggesting(text, readNamedAssignment, () => readNamedAssignment(text))
}

function readNamedAssignment(text: string): NamedAssignment {
  const braces = /^(.*)\{([^{}]*)\}$/s.exec(text)
  if (braces !== null) return readMasked(text, braces[1] ?? '', braces[2] ?? '')
  const split = text.lastIndexOf('=')
  if (split < 0) {
    throw malformed(text, what, 'expected NAME=VALUE, such as UART0.CR=0x301 or UART0.CR:TXE=1')
  }
  if (/[!<>=]$/.test(text.slice(0, split))) throw malformed(text, what, 'expected one "="')
  const operand = parseNamed(text.slice(0, split))
  return { kind: 'named', operand, value: readValue(text, what, text.slice(split + 1), '=') }
}

function readMasked(text: string, target: string, inside: string): NamedAssignment {
  const [value, mask, ...more] = inside.split(',').map((part) => part.trim())
  if (value === undefined || mask === undefined || more.length > 0) {
    throw malformed(text, what, 'expected value and mask, such as {0xff,0x0f}')
  }
  const operand = parseNamed(target)
  if (operand.field !== undefined || operand.bits !== undefined) {
    throw malformed(text, what, 'the mask names the bits: leave out what follows the colon')
  }
  const bits = parseValue(mask)
  if (bits === 0n) throw malformed(text, what, 'its mask is 0, and no bit would change')
  return { kind: 'named', operand, value: { value: parseValue(value) }, mask: bits }
}

/** Throws ESYNTAX, EVALUE, or what the operand throws. */
export function parseNamedCondition(text: string): NamedCondition {
  return suggesting(text, readNamedCondition, () => readNamedCondition(text))
}

function readNamedCondition(text: string): NamedCondition {
  const parts = /^(.*?)([!=<>]=|[=<>])([^=<>]*)$/s.exec(text)
  if (parts === null) {
    const expected = 'expected NAME=VALUE, or !=, <, <=, >, >= (in quotes), such as UART0.FR:TXFE=1'
    throw malformed(text, 'a condition', expected)
  }
  const [, target = '', operator = '', valueText = ''] = parts
  const relation = (operator === '==' ? '=' : operator) as Relation
  const operand = parseNamed(target)
  const value = readValue(text, 'a condition', valueText, operator)
  if (/[<>]/.test(relation) && 'name' in value) {
    const why = `${quote(operator)} compares numbers, but ${quote(value.name)} is a name`
    throw malformed(text, 'a condition', why)
  }
  if (/[<>]/.test(relation) && 'sign' in value && value.sign === '-') {
    const why = `${quote(operator)} compares without a sign, but ${valueText} has one`
    throw malformed(text, 'a condition', why)
  }
  return { kind: 'named', operand, value, relation }
}

function readValue(text: string, kind: string, value: string, operator: string): NamedValue {
  if (value === '') throw malformed(text, kind, `no value after ${quote(operator)}`)
  // Names of values may begin with digits: `16-bit`.
  if (!/^[-~]?[0-9]/.test(value)) return { name: value }
  try {
    return parseLiteral(value)
  } catch (error) {
    const isNumber = /^[-~]?(?:0[xob])?[0-9a-f_]+$/i.test(value)
    if (!(error instanceof RequestError) || isNumber) throw error
    return { name: value }
  }
}

/** The canonical text of a value. */
export function formatNamedValue(value: NamedValue): string {
  return 'name' in value ? value.name : formatLiteral(value)
}

/** The canonical text: it parses to an equal assignment or condition. */
export function formatNamedAssignment(one: NamedAssignment | NamedCondition): string {
  const operand = formatNamed(one.operand)
  const value = formatNamedValue(one.value)
  if ('mask' in one && one.mask !== undefined) return `${operand}{${value},${formatHex(one.mask)}}`
  return `${operand}${'relation' in one ? one.relation : '='}${value}`
}

/** A parser of words that may be names of registers, and may be something else. */
export function orNamed<T, N>(
  plain: (text: string) => T,
  named: (text: string) => N,
): (text: string) => T | N {
  const read = (text: string) => (isNamed(text) ? named(text) : plain(text))
  return (text) => suggesting(text, read, () => read(text))
}
