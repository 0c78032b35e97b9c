import { formatHex, formatPlace, parseAddress } from '../place/index.ts'
import type { Place } from '../place/schemes/index.ts'
import { malformed } from '../text/refuse.ts'

/** What a bare number after a place is elsewhere, in the words of a command's options. */
export type Meaning = (text: string) => string

/** What a parser has taken: at a place, or of a register by its name. */
type Asked = { place: Place } | { text: string } | { operand: { text: string } }

/** Below it an address is hardly named beside others: it is the first page. */
const PAGE = 0x1000

/** From it on a number is hardly a length or a count, and below it a power of two often is: 16 MiB. */
const SIZES_END = 0x100_0000

/** How many times as high an address is than what is taken for a size after it. */
const HIGHER = 16

/** How people write a count or a length: a decimal number. */
const COUNT = /^(?:0|[1-9][0-9]*[kMG]?)$/i

/** A number at the start of a word, and what follows it. */
const LEADING = /^(0x[0-9a-f_]+|0b[01_]+|0o[0-7_]+|[0-9][0-9_]*[kMG]?)(.*)$/is

/**
 * Refuses a word after a place, or a name, which begins with a bare number that is a count, a
 * width, bits or an offset to other tools: an access at it is nothing that anybody asked for,
 * whatever follows the number. Such is a decimal number after any place, any number below 0x1000
 * after a place that is none, and a size alone (`0x1000`, `0x10000`) after a place that is much
 * higher; and a width alone before what is none. Whoever means the address 0x20 writes `0x20+0`, or
 * gives it first. The texts are what a parser of operands, ranges, assignments or conditions has taken.
 */
export function refuseBareNumbers(
  texts: readonly string[],
  asked: readonly Asked[],
  meaning: Meaning = () => 'a value',
): void {
  if (texts.length < 2) return
  const numbers = texts.map(leadingNumber)
  const found = texts.findIndex((_, index) => {
    const number = numbers[index]
    if (index === 0 || number === undefined) return false
    const before = numbers.slice(0, index)
    if (isLow(number)) return COUNT.test(number.text) || before.some((one) => !isLow(one))
    return isSize(texts[index] ?? '') && before.some((one) => isMuchHigher(one, number.value))
  })
  if (found < 0) refuseWidthFirst(texts, meaning)
  const [text, number, before] = [texts[found], numbers[found], asked[found - 1]]
  if (text === undefined || number === undefined || before === undefined) return
  const { value, rest } = number
  const what = rest === '' ? meaning(text) : partOf(before, text)
  throw malformed(
    text,
    'a place after another',
    `it may be ${what} or an address (${formatHex(value)}+0${rest})`,
  )
}

/**
 * Refuses a decimal number alone in the place of a second stretch, which is a length or a width to
 * other tools, unless the first is written in decimal, too.
 */
export function refuseDecimalAfter(first: string, second: string): void {
  if (!COUNT.test(second) || COUNT.test(leadingNumber(first)?.text ?? '')) return
  const width = isWidth(second) ? 'a width, ' : ''
  const address = formatHex(parseAddress(second))
  throw malformed(
    second,
    'a place after another',
    `it may be ${width}a length or an address (${address}+0)`,
  )
}

/** `read 8 0x40`, in the order of a tool that takes the width first. */
function refuseWidthFirst([first = '', second = '']: readonly string[], meaning: Meaning): void {
  if (!isWidth(first) || isWidth(second)) return
  const address = formatHex(Number(first))
  throw malformed(
    first,
    'a place before another',
    `it may be ${meaning(first)} or an address (${address})`,
  )
}

function namedBy(asked: Asked): string {
  if ('place' in asked) return formatPlace(asked.place)
  return 'operand' in asked ? asked.operand.text : asked.text
}

/** `8:4` is elsewhere what `A:8:4` is here, and `8+4` or `0..8` may be counted from A. */
function partOf(asked: Asked, text: string): string {
  const place = namedBy(asked)
  if (isBits(text)) return `bits (${place}:${text})`
  // Other places take one offset, names none; and an end of a range is no summand.
  const isSum = 'place' in asked && asked.place.scheme === 'address' && !text.includes('..')
  return isSum ? `an offset (${place}+${text})` : `an offset from ${place}`
}

/** Whether a word is bits alone, perhaps with what they are compared with: `8:4`, `8:4=3`. */
export function isBits(text: string): boolean {
  return /^[0-9]{1,2}:[0-9]{1,2}(?:$|[!=<>])/.test(text)
}

interface Leading {
  text: string
  value: number
  rest: string
}

/** The number that a text begins with. */
function leadingNumber(text: string): Leading | undefined {
  const [, number = '', rest = ''] = LEADING.exec(text) ?? []
  return number === '' ? undefined : { text: number, value: parseAddress(number), rest }
}

/** Whether it is in the first page or written as a count, and is not said to be an address by `+0`. */
function isLow(number: Leading | undefined): boolean {
  if (number === undefined || /^\+0(?![0-9a-z_])/i.test(number.rest)) return false
  return number.value < PAGE || COUNT.test(number.text)
}

/** Whether what stands before a size is far above it, or no number, as places of most kinds are. */
function isMuchHigher(before: Leading | undefined, size: number): boolean {
  return before === undefined || before.value >= HIGHER * size
}

/** Whether a bare number is one of the widths that there are. */
export function isWidth(text: string): boolean {
  return /^(?:8|16|32|64)$/.test(text)
}

/**
 * Whether a bare number is a size: `64k`, or a power of two from a page on as sizes are written,
 * without zeros in front: `0x1000`.
 */
export function isSize(text: string): boolean {
  if (/^[0-9]+[kMG]$/i.test(text)) return true
  if (!/^0x[1-9a-f][0-9a-f]*$/i.test(text)) return false
  const value = Number(text)
  return value >= PAGE && value < SIZES_END && Number.isInteger(Math.log2(value))
}
