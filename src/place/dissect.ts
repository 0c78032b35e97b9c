import { RequestError } from '../base/errors.ts'
import { ADDRESS_LIMIT } from '../base/limits.ts'
import { type Bits, formatBits, parseBits } from '../text/bits.ts'
import { because, didYouMean, hint } from '../text/hint.ts'
import { parseBelowLimit, parseOffset, parseSize } from '../text/number.ts'
import { clip, malformed, quote, refusal } from '../text/refuse.ts'
import { accepted, nearest } from '../text/suggest.ts'
import { parseSum } from './schemes/address.ts'
import {
  type AnyScheme,
  type Place,
  prefixed,
  prefixes,
  schemeOf,
  schemes,
} from './schemes/index.ts'

/** How a range ends: at an offset (exclusive), after a length, or where what it is in ends. */
export type RangeEnd = { kind: 'end' | 'length'; value: number } | { kind: 'open' }

/** A text taken apart. A place has neither `bits` nor `end`; never are there both. */
export interface Parts {
  place: Place
  bits?: Bits
  end?: RangeEnd
  /** The bits or the end as they were written, with their `:` or `..`; for messages. */
  suffix: string
}

const bitsSuffix = /(?::[0-9]\w*){1,3}$/
const endSuffix = /^(?:\+?[0-9]\w*)?$/
const offsetSuffix = /\+[0-9]\w*$/

/**
 * Takes `PLACE`, `PLACE:BITS`, `PLACE..`, `PLACE..END` or `PLACE..+LENGTH` apart. The same text means
 * the same wherever it is given: those who want only a place refuse bits and ends that are found
 * here.
 */
export function dissect(text: string): Parts {
  const scheme = schemeOf(text)
  try {
    return scheme === undefined ? dissectBare(text) : dissectPrefixed(text, scheme)
  } catch (error) {
    if (!(error instanceof RequestError)) throw error
    const bits = accepted(text, withoutBrackets(text))
    if (bits !== undefined)
      throw malformed(text, 'a place', didYouMean('bits follow a colon', bits))
    const { why = '', meant } = behindColon(text) ?? {}
    const found = accepted(text, meant)
    if (found === undefined) throw error
    throw malformed(text, 'a place', didYouMean(why, found))
  }
}

/** `START:END`, and `PLACE:OFFSET` in hexadecimal, which no bit is. */
function behindColon(text: string): { why: string; meant: string } | undefined {
  const [, place, number] = /^(.+):(0x[0-9a-f]+)$/is.exec(text) ?? []
  if (place === undefined || number === undefined || place.includes('..')) return undefined
  const isAddress = /^0x[0-9a-f]+$/i.test(place)
  if (isAddress && Number(number) > Number(place)) {
    return { why: 'dots stand between the ends of a range', meant: `${place}..${number}` }
  }
  // Of an address it may be a bit; what stands behind another number may be of a process.
  if (isAddress ? Number(number) < 64 : /^[0-9]/.test(place)) return undefined
  return { why: 'an offset follows a plus sign', meant: `${place}+${number}` }
}

/** `PLACE[7:4]`, `PLACE<7:4>`, `PLACE{7:4}`, `PLACE:[7:4]` and `PLACE.bits[7:4]`, as manuals write bits, in our words. */
export function withoutBrackets(text: string): string | undefined {
  const parts = /^(.*?)(?:[:. ]?bits? ?|:)?[[<{](\d+)(?:(?::|-|\.\.)(\d+))?[\]>}]$/s.exec(text)
  if (parts === null) return undefined
  const [, place, first = '', second = first] = parts
  const [high = 0, low = 0] = [Number(first), Number(second)].sort((a, b) => b - a)
  return `${place}:${formatBits({ high, low })}`
}

/** `NAME:SUBJECT…`: suffixes are taken off from the right, where they look like suffixes. */
function dissectPrefixed(text: string, scheme: AnyScheme): Parts {
  const start = scheme.name.length + 1
  const from = start + scheme.suffixesFrom(text.slice(start))
  const { rest: beforeBits, suffix: bitsText } = cutOff(text, from, bitsSuffix)
  const dots = beforeBits.lastIndexOf('..')
  if (dots < from || !endSuffix.test(beforeBits.slice(dots + 2))) {
    if (bitsText === '') return { place: parsePrefixed(text, scheme, from), suffix: '' }
    const parse = () => parseBits(bitsText.slice(1))
    const bits = explainSuffix(scheme, beforeBits, bitsText, parse)
    return { place: parsePrefixed(beforeBits, scheme, from), bits, suffix: bitsText }
  }

  const beforeEnd = beforeBits.slice(0, dots)
  const endText = beforeBits.slice(dots)
  const { rest: place, suffix: innerBits } = cutOff(beforeEnd, from, bitsSuffix)
  if (bitsText !== '') explainSuffix(scheme, beforeBits, bitsText, () => refuseBits(text, bitsText))
  if (innerBits !== '') explainSuffix(scheme, place, innerBits, () => refuseBits(text, innerBits))
  const end = explainSuffix(scheme, beforeEnd, endText, () => parseEnd(endText.slice(2)))
  return { place: parsePrefixed(place, scheme, from), end, suffix: endText }
}

/** `NAME:SUBJECT[+OFFSET]`. */
function parsePrefixed(text: string, scheme: AnyScheme, from: number): Place {
  const { rest: whole, suffix: offsetText } = cutOff(text, from, offsetSuffix)
  const parse = () => (offsetText === '' ? 0 : parseOffset(offsetText.slice(1)))
  const offset = explainSuffix(scheme, whole, offsetText, parse)
  return scheme.parse(whole.slice(scheme.name.length + 1), offset)
}

/** A place without `NAME:`; what it holds is never free text, so the first `..` ends it. */
function dissectBare(text: string): Parts {
  for (const scheme of schemes) {
    const meant = accepted(text, scheme.guess?.(text))
    if (meant !== undefined) throw malformed(text, 'a place', hint(meant))
  }
  refuseUnknownScheme(text)
  const bitsText = bitsSuffix.exec(text)?.[0] ?? ''
  const rest = text.slice(0, text.length - bitsText.length)
  const dots = rest.indexOf('..')
  if (dots < 0) {
    if (bitsText === '') return { place: parseBare(rest), suffix: '' }
    // `nix:1` may be a place of some kind, or a bit of what is none.
    const place = parseBare(rest, rest.includes('.') ? 'a place' : 'a place, nor a kind of place')
    return { place, bits: parseBits(bitsText.slice(1)), suffix: bitsText }
  }
  if (bitsText !== '') refuseBits(text, bitsText)
  const startText = rest.slice(0, dots)
  const innerBits = bitsSuffix.exec(startText)?.[0]
  if (innerBits !== undefined) refuseBits(text, innerBits)
  return {
    place: parseBare(startText),
    end: parseEnd(rest.slice(dots + 2), parseSum),
    suffix: rest.slice(dots),
  }
}

function parseBare(text: string, what = 'a place'): Place {
  const scheme = schemes.find((candidate) => candidate.claims?.(text))
  if (scheme !== undefined) return scheme.parse(text, 0)
  if (text === '') throw malformed(text, 'a place', `it is empty, ${expected}`, { known })
  if (text.trim() !== text) throw malformed(text, 'a place', 'it has blanks around it')
  throw malformed(text, what, whyNoName(text) ?? expected, { known })
}

const registerName = /^[A-Za-z_][\w[\]]*(?:\.[A-Za-z_][\w[\]]*)*/

/** What is wrong with a text that begins with a name of a register, but is none. */
function whyNoName(text: string): string | undefined {
  const name = registerName.exec(text)?.[0]
  if (name === undefined) return undefined
  const behind = text.slice(name.length)
  if (/^\+[0-9]\w*$/.test(behind)) {
    return 'a name takes no offset, name the register that is there'
  }
  if (!name.includes('.') || !/^:[\w[\]]*[*?]/.test(behind)) return undefined
  return `a field is named in full, or all are read with ${clip(name)}`
}

const known = prefixed.map(({ name }) => name)
const expected = `expected an address such as 0xfed00000, or ${prefixes}`

function refuseUnknownScheme(text: string): void {
  const name = /^([A-Za-z][\w-]*):/.exec(text)?.[1]
  if (name === undefined) return
  const rest = text.slice(name.length + 1)
  if (name === 'sim' || name === 'local') refuseTarget(text, `${name}:`)
  const names = prefixed.map((scheme) => scheme.name)
  const near = nearest(name, names)
  // `zzz:5` is not a scheme, but a bit of something that is not a place.
  if (near === undefined && /^[\w-]+(?::[0-9]\w*)+$/.test(text)) return
  const meant = accepted(text, near && `${near}:${rest}`)
  const why = meant ? hint(meant, ` (known: ${prefixes})`) : `expected an address, or ${prefixes}`
  const wrong = `${quote(`${name}:`)} is not a kind of place`
  throw refusal('ESCHEME', because(wrong, why), text, meant ? {} : { known })
}

/** `sim:0x10000000`: which machine it is on is said for the whole command or program. */
function refuseTarget(text: string, target: string): never {
  const wrong = `${quote(target)} is a target, not a kind of place: name it apart from the place`
  throw refusal('ESCHEME', wrong, text)
}

function parseEnd(text: string, parseNumber = parseBelowLimit): RangeEnd {
  if (text.startsWith('+')) return { kind: 'length', value: parseSize(text.slice(1)) }
  if (text === '') return { kind: 'open' }
  return { kind: 'end', value: parseNumber(text, 'the end of a range', ADDRESS_LIMIT) }
}

function refuseBits(text: string, bits: string): never {
  throw malformed(text, 'a range', `a range covers whole bytes, leave out ${quote(bits)}`)
}

/** Runs a parser on a suffix; when it refuses, says how to write a free text that ends like that. */
function explainSuffix<T>(scheme: AnyScheme, before: string, suffix: string, parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    if (scheme.freeText === undefined || !(error instanceof RequestError)) throw error
    const closed = `a ${scheme.freeText} that ends in ${quote(suffix)} is written`
    const message = `${error.message} (${closed} ${clip(before + suffix)}+0)`
    throw new RequestError(error.code, message, error.data)
  }
}

/** The text, and what of it after `from` matches the pattern at its end. */
function cutOff(text: string, from: number, pattern: RegExp): { rest: string; suffix: string } {
  const suffix = pattern.exec(text.slice(from))?.[0] ?? ''
  return { rest: text.slice(0, text.length - suffix.length), suffix }
}
