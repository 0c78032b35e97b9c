import type { Width } from '../base/width.ts'
import { WIDTHS } from '../base/width.ts'
import { didYouMean } from '../text/hint.ts'
import { checkOptions, type OptionKinds } from '../text/options.ts'
import { malformed, quote } from '../text/refuse.ts'
import { shellLine } from '../text/shell-words.ts'
import { accepted, nearest, suggesting } from '../text/suggest.ts'
import { checkValue, parseValue } from './value.ts'

/** Bytes to search for: a byte `b` of memory matches when `(b & mask) === bytes`. Equal lengths. */
export interface Pattern {
  bytes: Uint8Array
  /** 0xff where the byte must be equal, 0 where it may be anything, or one half of a byte. */
  mask: Uint8Array
}

/** How numbers in a pattern lie in memory, unless the pattern says it (`u16be:`). */
export interface PatternOptions {
  /** Width of a number that is written as `0x…` alone. Default: 32. */
  width?: Width
  /** Default: little. */
  endian?: 'little' | 'big'
}

const OPTIONS: OptionKinds<PatternOptions> = { width: WIDTHS, endian: ['little', 'big'] }

const numberForms = ['u8', 'u16', 'u32', 'u64'].flatMap((name) => [name, `${name}le`, `${name}be`])
const forms = ['text', ...numberForms]
const what = 'a pattern'

/**
 * A byte pattern, one of
 *
 * - bytes in hexadecimal, with or without blanks: `de ad be ef`, `deadbeef`; `?` is any half byte
 * - text, as UTF-8: `text:GRUB`, or `"GRUB"` with its quotes
 * - a number: `u16:0x1234`, `u32be:7`; `0x12345678` alone has the width of the options
 *
 * Digits without a prefix are bytes: `10` is the byte 0x10. Throws ESYNTAX, or EVALUE for a number
 * that does not fit its width.
 */
export function parsePattern(text: string, options: PatternOptions = {}): Pattern {
  checkOptions('parsePattern', options, OPTIONS)
  const parse = (other: string) => readPattern(other, options)
  return suggesting(text, parse, () => parse(text))
}

function readPattern(text: string, options: PatternOptions): Pattern {
  if (text.startsWith('"')) return textPattern(text, unquote(text))
  const [, form, body = ''] = /^([A-Za-z]\w*):(.*)$/s.exec(text) ?? []
  if (form === 'text') return textPattern(text, body)
  if (form !== undefined) return formPattern(text, form, body, options)
  if (/^0[xo]/i.test(text)) return barePattern(text, options)
  return hexPattern(text)
}

function unquote(text: string): string {
  if (text.length >= 2 && text.endsWith('"')) return text.slice(1, -1)
  throw malformed(text, what, 'the closing quote is missing')
}

function textPattern(input: string, text: string): Pattern {
  if (text === '') throw malformed(input, what, 'it holds no text')
  return exact(new TextEncoder().encode(text))
}

function formPattern(text: string, form: string, body: string, options: PatternOptions): Pattern {
  const parts = /^u(8|16|32|64)(le|be)?$/.exec(form)
  if (parts === null) {
    // Another width is another pattern.
    const width = /[0-9]+/.exec(form)?.[0]
    const alike = forms.filter((one) => width === undefined || one.includes(width))
    const near = nearest(form, alike)
    const meant = accepted(text, near && `${near}:${body}`)
    const unknown = `${quote(`${form}:`)} is unknown`
    const expected = `${unknown}, expected text:, u8:, u16:, u32: or u64:`
    throw malformed(text, what, meant ? didYouMean(unknown, meant) : expected)
  }
  const big = parts[2] === undefined ? options.endian === 'big' : parts[2] === 'be'
  return numberPattern(body, Number(parts[1]) as Width, big)
}

function barePattern(text: string, options: PatternOptions): Pattern {
  if (/^0x[0-9a-f]{2}([ ,]+0x[0-9a-f]{2})+$/i.test(text)) {
    const bytes = text.replace(/0x/gi, '').replace(/[ ,]+/g, ' ')
    const meant = accepted(text, bytes)
    const hint = meant === undefined ? '' : `: '${meant}'`
    throw malformed(text, what, `bytes are written without 0x${hint}`)
  }
  return numberPattern(text, options.width ?? 32, options.endian === 'big')
}

function numberPattern(text: string, width: Width, big: boolean): Pattern {
  let rest = BigInt(checkValue(parseValue(text), width))
  const bytes = new Uint8Array(width / 8)
  for (let index = 0; index < bytes.length; index++) {
    bytes[index] = Number(rest & 0xffn)
    rest >>= 8n
  }
  return exact(big ? bytes.reverse() : bytes)
}

function hexPattern(text: string): Pattern {
  if (/^0b[01_]+$/i.test(text)) {
    const bytes = accepted(text, `0b ${text.slice(2)}`)
    const number = accepted(text, `u32:${text}`, `u64:${text}`)
    const forms = [bytes && `"${bytes}" for bytes`, number && `${number} for a number`]
    const advice = forms.filter((form) => form !== undefined).join(' or ')
    throw malformed(text, what, `"0b" is ambiguous${advice && `, write ${advice}`}`)
  }
  const groups = text.split(/[ \t]+/).filter((group) => group !== '')
  const bytes: number[] = []
  const mask: number[] = []
  for (const group of groups) {
    const digits = /^[0-9a-f?]*/i.exec(group)?.[0] ?? ''
    if (digits !== group)
      throw malformed(text, what, whyNotHex(text, groups, group[digits.length] ?? ''))
    if (group.length % 2 === 1) {
      throw malformed(text, what, `${quote(group)} is half a byte short, a byte has two digits`)
    }
    for (let at = 0; at < group.length; at += 2) {
      const pair = group.slice(at, at + 2)
      bytes.push(Number.parseInt(pair.replaceAll('?', '0'), 16))
      mask.push(Number.parseInt(pair.replace(/[^?]/g, 'f').replaceAll('?', '0'), 16))
    }
  }
  if (bytes.length === 0) throw malformed(text, what, 'it is empty')
  if (mask.every((byte) => byte === 0)) {
    throw malformed(text, what, 'it matches everything, give at least one digit')
  }
  return { bytes: Uint8Array.from(bytes), mask: Uint8Array.from(mask) }
}

function whyNotHex(pattern: string, groups: readonly string[], letter: string): string {
  // Of bytes one is no digit.
  const areBytes = groups.length > 1 && groups.every((group) => group.length <= 2)
  const isText = /[g-z]/i.test(pattern) && !areBytes
  const meant = accepted(pattern, isText ? `text:${pattern}` : undefined)
  const text = meant === undefined ? '' : `; for text, write ${shellLine([meant])}`
  return `${quote(letter)} is not a hexadecimal digit${text}`
}

function exact(bytes: Uint8Array): Pattern {
  return { bytes, mask: new Uint8Array(bytes.length).fill(0xff) }
}

/** The canonical text, bytes in hexadecimal: it parses to an equal pattern. */
export function formatPattern({ bytes, mask }: Pattern): string {
  return Array.from(bytes, (byte, index) => {
    const [high = '0', low = '0'] = byte.toString(16).padStart(2, '0')
    const care = mask[index] ?? 0xff
    return `${care & 0xf0 ? high : '?'}${care & 0x0f ? low : '?'}`
  }).join(' ')
}
