import { ADDRESS_LIMIT } from '../base/limits.ts'
import type { Value } from '../base/width.ts'
import { didYouMean, type Hinted, hint } from './hint.ts'
import { clip, malformed, quote, refusal } from './refuse.ts'
import { accepted, suggesting } from './suggest.ts'

/** How a number is called in messages, and what it may be. */
export interface NumberRules {
  /** With its article, for messages: `an address`. Default: `a number`. */
  what?: string
  /** Whether `k`, `M` and `G` (powers of 1024) may follow the digits. Default: false. */
  suffix?: boolean
  /** The largest number accepted. Default: none. */
  max?: bigint
}

interface Base {
  prefix: string
  digits: RegExp
}

const decimal: Base = { prefix: '', digits: /^[0-9_]*/ }
const bases: Record<string, Base> = {
  '0x': { prefix: '0x', digits: /^[0-9a-f_]*/i },
  '0b': { prefix: '0b', digits: /^[01_]*/ },
  '0o': { prefix: '0o', digits: /^[0-7_]*/ },
}
const suffixes: Record<string, bigint> = { k: 1n << 10n, K: 1n << 10n, M: 1n << 20n, G: 1n << 30n }

/**
 * A number: `0x1f`, `0b101`, `0o17` or decimal, in upper or lower case, with `_` between digits.
 * No sign, no blanks, nothing after it. A decimal with a leading zero is refused, because it is
 * octal to some readers. Throws ESYNTAX, or ERANGE above `rules.max`.
 */
export function parseNumber(text: string, rules: NumberRules = {}): bigint {
  const parse = (other: string) => readNumber(other, rules)
  return suggesting(text, parse, () => parse(text))
}

/** A number as most are written: nothing of it can be wrong but its size. */
const simple = /^(?:0x[0-9a-f]+|0|[1-9][0-9]*)$/i

function readNumber(text: string, rules: NumberRules): bigint {
  const number = simple.test(text) ? BigInt(text) : readWritten(text, rules)
  if (rules.max !== undefined && number > rules.max) {
    const most = `the largest is ${formatHex(rules.max)}`
    const what = rules.what ?? 'a number'
    throw refusal('ERANGE', `${clip(text)} is too large for ${what}: ${most}`, text)
  }
  return number
}

function readWritten(text: string, rules: NumberRules): bigint {
  const what = rules.what ?? 'a number'
  const base = bases[text.slice(0, 2).toLowerCase()] ?? decimal
  if (base === decimal && !/^[0-9]/.test(text)) throw malformed(text, what, whyNoDigit(text, rules))

  const body = text.slice(base.prefix.length)
  const digits = base.digits.exec(body)?.[0] ?? ''
  const rest = body.slice(digits.length)
  const head = text.slice(0, text.length - rest.length)
  const factor = Object.hasOwn(suffixes, rest) ? suffixes[rest] : undefined
  if (rest !== '' && factor === undefined) throw malformed(text, what, whyJunk(head, rest, rules))
  if (digits === '') throw malformed(text, what, `no digits after ${head}`)
  if (/^_|__|_$/.test(digits)) throw malformed(text, what, '"_" may only stand between two digits')
  if (base === decimal && /^0[0-9_]/.test(digits)) {
    throw malformed(text, what, whyLeadingZero(text, digits, rest))
  }

  const number = BigInt(base.prefix + digits.replaceAll('_', '')) * (factor ?? 1n)
  if (factor !== undefined && rules.suffix !== true) {
    const meant = accepted(text, `${number}`)
    throw malformed(text, what, didYouMean(`${what} takes no size suffix`, meant))
  }
  return number
}

function whyNoDigit(text: string, rules: NumberRules): string | Hinted {
  if (text === '') return 'it is empty'
  if (text.trim() !== text) return 'it has blanks around it'
  if (/^[+-]/.test(text)) return text[0] === '+' ? 'it takes no plus sign' : 'it takes no sign'
  const hex = /^[0-9a-f]+(_[0-9a-f]+)*$/i.test(text) ? `0x${text}` : undefined
  const meant = accepted(text, hex)
  if (meant !== undefined) return hint(meant)
  return `expected a number such as 0x1f, 0b101, 0o17 or ${rules.suffix ? '4k' : '31'}`
}

function whyJunk(head: string, rest: string, rules: NumberRules): string | Hinted {
  const isDecimal = !/^0[xbo]/i.test(head)
  const unit = /^([kmg])i?b?$/i.exec(rest)?.[1]?.toUpperCase().replace('K', 'k')
  // `16b` are 16 bytes to some, and 0x16b to others.
  const hex = /^b$/i.test(rest) ? undefined : /^[0-9][0-9a-f_]*(?=h?$)/i.exec(head + rest)?.[0]
  const meant = accepted(
    head + rest,
    unit && rules.suffix && isDecimal ? head + unit : undefined,
    hex && isDecimal ? `0x${hex}` : undefined,
  )
  return didYouMean(`unexpected ${quote(rest)} after ${clip(head)}`, meant)
}

function whyLeadingZero(text: string, digits: string, suffix: string): string {
  const bare = digits.replace(/^[0_]+(?=.)/, '')
  const forms = bare === '0' ? ['0'] : [bare, `0o${bare}`, `0x${bare}`]
  const choices = forms.flatMap((form) => accepted(text, form + suffix) ?? [])
  const last = choices.pop()
  if (last === undefined) return 'the leading zero is ambiguous'
  const advice = choices.length === 0 ? last : `${choices.join(', ')} or ${last}`
  return `the leading zero is ambiguous, write ${advice}`
}

/** A physical address below 2^52, with an optional size suffix. Throws ESYNTAX or ERANGE. */
export function parseAddress(text: string): number {
  return parseBelowLimit(text, 'an address')
}

/** An offset in something, below 2^52, with an optional size suffix. Throws ESYNTAX or ERANGE. */
export function parseOffset(text: string): number {
  return parseBelowLimit(text, 'an offset')
}

/** A length in bytes, 0 to 2^52, with an optional size suffix: `0x20`, `4k`, `1M`. */
export function parseSize(text: string): number {
  return parseBelowLimit(text, 'a length', ADDRESS_LIMIT)
}

/** The number that `parseNumber` accepts with a size suffix, up to `max`, as a `number`. */
export function parseBelowLimit(text: string, what: string, max = ADDRESS_LIMIT - 1): number {
  return Number(parseNumber(text, { what, suffix: true, max: BigInt(max) }))
}

/** An address for people: eight digits, or as many as it has, in messages as in columns. */
export function formatAddress(address: Value): string {
  return formatHex(address, 32)
}

/** `0x…` in lower case; with `width` (in bits) padded with zeros to that many bits. */
export function formatHex(value: Value, width = 0): string {
  return `0x${value.toString(16).padStart(width / 4, '0')}`
}
