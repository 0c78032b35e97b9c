/** What was meant by words and options of the commands whose first word is a range. */

import { existsSync } from 'node:fs'
import { isSize, isWidth } from '../../../operate/bare-number.ts'
import { isRegularFile } from '../../../operate/files.ts'
import { formatHex } from '../../../place/index.ts'
import { quote } from '../../../text/refuse.ts'
import { isBytesFile } from './bytes-file.ts'
import { isPlace } from './place-word.ts'

type Line = readonly string[]

export function placeOf(word: string): string {
  return isBytesFile(word) ? `file:${word}` : word
}

/**
 * The words that were probably meant by too many: a length after a place is a part of its range.
 */
export function excessHabits(command: string, words: Line): Line[] {
  const [given = '', second = '', third = ''] = words
  const first = isPlace(given) ? given : placeOf(given)
  // Bytes of a pattern, one a word.
  const [, ...bytes] = words
  if (command === 'search' && bytes.every((byte) => /^[0-9a-f]{2}$/i.test(byte))) {
    return [[first, bytes.join(' ')]]
  }
  if (words.length !== 3 && (command !== 'dump' || words.length !== 2)) return []
  switch (command) {
    case 'dump':
      if (words.length === 3)
        return isFile(given) ? [[`${placeOf(given)}+${second}..+${third}`]] : []
      if (/[./]/.test(second) && first.includes('..') && !isPlace(second)) {
        // What is there would be replaced.
        return existsSync(second) ? [] : [[first, '--output', second]]
      }
      if (first.includes('..')) return isWidth(second) ? [[first, '--width', second]] : []
      return stretches(first, second).map((range) => [range])
    case 'load':
      return isWidth(third) ? [[given, second, '--width', third]] : []
    case 'search':
      if (first.includes('..')) return isWidth(third) ? [[first, second, '--width', third]] : []
      if (!/^\+?[0-9]/.test(second)) return stretches(first, third).map((range) => [range, second])
      return stretches(first, second).map((range) => [range, third])
    case 'fill':
      if (second === '=') return [[first, third]]
      // The width behind, as devmem's people have it in the middle.
      if (first.includes('..')) return isWidth(third) ? [[first, second, '--width', third]] : []
      // Others take the value first and then a count, which is never 0.
      if (!second.startsWith('+') && !isZero(third) && !isNearEnd(first, second)) return []
      return stretches(first, second).map((range) => [range, third])
    case 'compare':
    case 'copy':
      if (first.includes('..')) return isWidth(third) ? [[first, second, '--width', third]] : []
      return stretches(first, third).map((range) => [range, second])
    default:
      return []
  }
}

/**
 * A place and a number after it: an end, where it is the larger of two addresses, or else a length.
 */
export function stretches(place: string, number: string): string[] {
  if (!/^\+?(?:0x[0-9a-f]+|[0-9]+[kMG]?)$/i.test(number)) return []
  if (number.startsWith('+')) return [`${place}..${number}`]
  const areAddresses = [place, number].every((text) => /^0x0*[1-9a-f]/i.test(text))
  const isEnd = areAddresses && Number(number) > Number(place)
  // The length first, and then the address: `dump 8 0x10000000`.
  if (!isEnd && (isLow(place) || isSize(place)) && Number(number) >= PAGE) return []
  if (!isEnd) return [`${place}..+${number}`]
  // The last byte, as /proc/iomem has it, where the number is not an end of an element.
  const last = [`${place}..${formatHex(Number(number) + 1, 4 * (number.length - '0x'.length))}`]
  return [`${place}..${number}`, ...(Number(number) % 4 === 3 ? last : [])]
}

/** What is missing, where the argument that is not there does not tell. */
export function lackOf(command: string, [only, ...more]: Line): string | undefined {
  if (command !== 'load' || only === undefined || more.length > 0) return undefined
  if (!isRegularFile(only)) return undefined
  return `load needs a PLACE before ${quote(only)}`
}

/** Whether a number is an address a little above another: no value, and no count. */
function isNearEnd(place: string, end: string): boolean {
  const areAddresses = [place, end].every((text) => /^0x[0-9a-f]+$/i.test(text))
  const length = Number(end) - Number(place)
  return areAddresses && Number(place) >= 0x100_0000 && length > 0 && length < 0x100_0000
}

/** `fill RANGE=VALUE`, `load PLACE=FILE`. */
export function lackHabits(command: string, [only = '', ...more]: Line): Line[] {
  const [, range, value] = /^([^=]+)=([^=]+)$/.exec(only) ?? []
  if (command === 'load' && !isRegularFile(value ?? '')) return []
  return /^(?:fill|load)$/.test(command) &&
    range !== undefined &&
    value !== undefined &&
    more.length === 0
    ? [[range, value]]
    : []
}

/** Options that count bytes elsewhere; and that of `read`, which counts elements. */
const BYTES = /^(?:-[ln]|--(?:length|len|size|bytes))=?(.*)$/
const ELEMENTS = /^--count(?:=(.*))?$/

/** The whole lines that were meant by one with an option that there is not. */
export function optionHabits(command: string, argv: Line, flag: string): Line[] {
  return command === 'record' ? outputHabits(argv, flag) : lengthHabits(command, argv, flag)
}

/** `record PLACE -o FILE.vcd`, as commands with one kind of output have it. */
function outputHabits(argv: Line, flag: string): Line[] {
  const at = argv.indexOf(flag)
  const [, kind] = /\.(vcd|csv)$/i.exec(argv[at + 1] ?? '') ?? []
  if (!/^(?:-o|--output)$/.test(flag) || kind === undefined) return []
  return [argv.with(at, `--${kind.toLowerCase()}`)]
}

/** `dump PLACE -n 16`, `--length 16`, `--count 4`: the whole lines with a range that is as long. */
function lengthHabits(command: string, argv: Line, flag: string): Line[] {
  const isCount = ELEMENTS.test(flag)
  const [found, attached = ''] = (isCount ? ELEMENTS : BYTES).exec(flag) ?? []
  const at = argv.indexOf(flag)
  if (found === undefined || at < 0) return []
  const number = attached || argv[at + 1]
  if (number === undefined || !/^(?:0x[0-9a-f]+|[0-9]+[kMG]?)$/i.test(number)) return []
  const rest = argv.filter((_, index) => index !== at && (attached || index !== at + 1))
  const length = isCount ? elementsLong(number, rest) : number
  const name = rest.indexOf(command)
  // The first that is taken with it: another may be the value of an option.
  return rest.flatMap((word, index) =>
    index <= name || word.startsWith('-')
      ? []
      : [rest.map((other, place) => (place === index ? `${word}..+${length}` : other))],
  )
}

/** How many bytes so many elements are, of the width of a line. */
function elementsLong(count: string, line: Line): string {
  const at = line.findIndex((word) => /^(?:-w|--width)/.test(word))
  const width = `${line[at] ?? ''} ${line[at + 1] ?? ''}`.match(/(?:8|16|32|64)\b/)?.[0] ?? '32'
  const length = (Number(count) * Number(width)) / 8
  return Number.isSafeInteger(length) ? formatHex(length) : ''
}

/** What is to be said where an option may count bytes or elements to people. */
export function unitOf(flag: string): string {
  return /^(?:-n|--count)/.test(flag) ? ': the length of a range is in bytes' : ''
}

/** From here on a number is no count or length, as people write them. */
export const PAGE = 0x1000

function isLow(place: string): boolean {
  return /^(?:0x[0-9a-f]+|[1-9][0-9]*)$/i.test(place) && Number(place) < PAGE && Number(place) > 0
}

/** Whether a word is a file, by its name alone or as a place without an offset. */
function isFile(word: string): boolean {
  return isBytesFile(word) || /^file:[^+]+$/.test(word)
}

function isZero(number: string): boolean {
  return /^(?:0x)?0+$/i.test(number)
}
