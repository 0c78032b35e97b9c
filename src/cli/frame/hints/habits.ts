/** What other tools call what physmem does. */

import { RequestError } from '../../../base/errors.ts'
import { isSize, isWidth } from '../../../operate/bare-number.ts'
import { formatHex, parseRangeOrPlace } from '../../../place/index.ts'
import { isBytesFile } from './bytes-file.ts'
import { examined, i2cTools, io, peekpoke, RENAMED, widthInName } from './debuggers.ts'
import { hexdumpLines } from './hexdump.ts'
import { fillRegion, region, wordAt } from './region.ts'

type Line = readonly string[]

/** pcimem: a byte, a half word, a word, a double word. */
const LETTER_BITS: Record<string, string> = { b: '8', h: '16', w: '32', d: '64' }

/** U-Boot, barebox and memtool: a word (`.w`, `-w`) is one of 16 bits there. */
const SUFFIX_BITS: Record<string, string> = { b: '8', w: '16', l: '32', q: '64' }

/** How many words the lines have that are known of a command. */
const MOST_WORDS: Record<string, number> = {
  ...{ peek: 2, poke: 2, memset: 3, cat: 1, cmp: 3, diff: 2, lspci: 0, lsuio: 0, pcimem: 4 },
  ...{ version: 0, cp: 3, alloc: 1, source: 1, v2p: 2, virt2phys: 2 },
}

/** toybox counts the bytes of a width. */
const BYTES_BITS: Record<string, string> = { 1: '8', 2: '16', 4: '32', 8: '64' }

/**
 * The lines that were probably meant by the name of another tool's command and its words, likely ones
 * first; they may be wrong, and are to be tried. Nothing is guessed of what is counted in ways that
 * differ between tools.
 */
export function habitsOf(command: string, words: Line): Line[] {
  const [name = '', suffix = ''] = (RENAMED[command] ?? command).split('.')
  const [first = '', second, third] = words
  const width = suffix === '' ? [] : ['--width', SUFFIX_BITS[suffix] ?? '']
  // A line that leaves words out is another.
  if (words.length > (MOST_WORDS[name] ?? words.length)) return []
  switch (name) {
    case 'md':
    case 'mw':
      return memoryCommand(name, suffix, words)
    case 'memtool':
      return first === 'md' || first === 'mw' ? memtool(first, words.slice(1)) : []
    case 'peek':
    case 'r':
    case 'rd':
      return second === undefined
        ? [['read', first, ...width]]
        : [['read', first, '--count', second, ...width]]
    case 'poke':
    case 'set':
    case 'w':
    case 'wr':
      if (second === undefined && first.includes('=')) return [['write', first, ...width]]
      return third === undefined ? [['write', `${first}=${second}`, ...width]] : []
    case 'd':
      return second === undefined ? [['dump', first]] : stretches(first, second).map(dumped)
    case 'memset':
      return third === undefined
        ? []
        : [['fill', `${first}..+${third}`, `${second}`, '--width', '8']]
    case 'hexdump':
    case 'hd':
    case 'xxd':
    case 'od':
      return hexdumpLines(name, words)
    case 'cat':
      if (first === '/proc/iomem') return [['map']]
      return isBytesFile(first) ? [['dump', `file:${first}`]] : []
    case 'cmp':
    case 'diff':
      return besides('compare', suffix, words)
    case 'cp':
      return besides('copy', suffix, words)
    case 'ls':
      return [['list', ...words]]
    case 'lspci':
      return [['list', 'pci']]
    case 'lsuio':
      return [['list', 'uio']]
    case 'version':
      return [['--version']]
    case 'alloc':
      return [['buffer', 'alloc', first]]
    case 'flush':
    case 'clean':
    case 'invalidate':
      return [['cache', name, ...words]]
    case 'source':
      return [['batch', first]]
    case 'v2p':
    case 'virt2phys':
      return [['translate', ...words]]
    case 'io':
      return io(words)
    case 'peekpoke':
      return peekpoke(words)
    case 'i2cget':
    case 'i2cset':
      return i2cTools(name, words)
    case 'rwmem':
      return [
        first.includes('=') ? ['write', ...words] : ['read', region(first), ...words.slice(1)],
      ]
    case 'devmem2':
      return [['devmem', ...words]]
    case 'busybox':
      return first === 'devmem' ? [words] : habitsOf(first, words.slice(1))
    case 'toybox':
      return first === 'devmem' ? [toyboxDevmem(words.slice(1))] : habitsOf(first, words.slice(1))
    case 'pcimem':
      return [pcimem(words)]
    case 'rdmsr':
    case 'wrmsr':
      return msrCommand(name, words)
    default:
      if (/^(?:sim|local):/.test(command)) return [['--target', command, ...words]]
      return [...examined(command, words), ...widthInName(command, words)]
  }
}

/** `cmp`, `cp` of U-Boot, `[.b|.w|.l|.q] ADDRESS ADDRESS COUNT`; of a shell, `FILE FILE`. */
function besides(name: 'compare' | 'copy', suffix: string, words: Line): Line[] {
  const [first = '', second = '', count] = words
  if (count === undefined) return [[name, placeOf(first), placeOf(second)]]
  const bits = SUFFIX_BITS[suffix]
  const counted = region(first, count, bits)
  const width = bits === undefined ? [] : ['--width', bits]
  return counted === first ? [] : [[name, counted, placeOf(second), ...width]]
}

function dumped(range: string): Line {
  return ['dump', range]
}

/** The commands of which these are the names elsewhere. */
export const otherNames: Readonly<Record<string, string>> = {
  ...{
    md: 'dump',
    hexdump: 'dump',
    hd: 'dump',
    xxd: 'dump',
    od: 'dump',
    cat: 'dump',
    show: 'dump',
  },
  ...{ mw: 'write', poke: 'write', set: 'write', peek: 'read', get: 'read', rwmem: 'read' },
  ...{ rdmsr: 'read', wrmsr: 'write' },
  ...{ pcimem: 'read', memtool: 'dump', devmem2: 'devmem', busybox: 'devmem', toybox: 'devmem' },
  ...{ ls: 'list', lspci: 'list', cp: 'copy', dd: 'dump', save: 'dump', check: 'doctor' },
  ...{ cmp: 'compare', diff: 'compare', grep: 'search', find: 'search', memset: 'fill' },
  ...{ mm: 'write', nm: 'write', v2p: 'translate', virt2phys: 'translate', pagemap: 'translate' },
  ...{ poll: 'wait', info: 'map', iomem: 'map', insmod: 'kmod', modprobe: 'kmod' },
}

/** `md`, `mw` of U-Boot and barebox: `[-b|-w|-l|-q] REGION [COUNT]`, `ADDRESS VALUE [COUNT]`. */
function memoryCommand(name: 'md' | 'mw', suffix: string, words: Line): Line[] {
  const letters = words.filter((word) => /^-[bwlq]$/.test(word)).map((word) => word.slice(1))
  const [letter = suffix, other] = letters
  const [first = '', second, third, ...more] = words.filter((word) => !/^-[bwlq]$/.test(word))
  if (other !== undefined || more.length > 0) return []
  const bits = SUFFIX_BITS[letter]
  const width = bits === undefined ? [] : ['--width', bits]
  if (name === 'md') {
    const whole = ['dump', region(first), ...width]
    if (third !== undefined) return []
    if (second === undefined) return [whole]
    // A count is never as large as an address after the first page; an end is.
    if (isEndOf(first, second)) return [['dump', `${first}..${second}`, ...width]]
    const counted = region(first, second, bits)
    return counted === first ? [] : [['dump', counted, ...width]]
  }
  if (second === undefined) return []
  if (third === undefined) return [['write', `${first}=${second}`, ...width]]
  return [['fill', fillRegion(first, third, bits), second, ...width]]
}

/** `memtool md|mw [-b|-w|-l|-q] [-s FILE|-d FILE] REGION|ADDRESS VALUE...`. */
function memtool(name: 'md' | 'mw', words: Line): Line[] {
  const file = words.findIndex((word) => word === '-s' || word === '-d')
  const path = file < 0 ? undefined : words[file + 1]
  const rest = words.filter((_, index) => file < 0 || (index !== file && index !== file + 1))
  const [line, ...others] = rest.filter((word) => !/^-[bwlq]$/.test(word))
  const options = rest.filter((word) => /^-[bwlq]$/.test(word))
  const place = path === undefined ? (line ?? '') : `file:${path}+${line}`
  if (name === 'md') {
    const whole = others.length === 0 && line === undefined && path !== undefined
    return memoryCommand(name, '', [...options, whole ? `file:${path}` : place, ...others])
  }
  // Values that follow one another.
  const bits = SUFFIX_BITS[options[0]?.slice(1) ?? 'l'] ?? '32'
  const values = others.map((value, index) => `${wordAt(place, index, bits)}=${value}`)
  const width = options.length === 0 ? [] : ['--width', bits]
  return values.length === 0 ? [] : [['write', ...values, ...width]]
}

/** `ADDRESS [BYTES [VALUE]]`. */
function toyboxDevmem([address = '', bytes, ...value]: Line): Line {
  return ['devmem', address, ...(bytes === undefined ? [] : [BYTES_BITS[bytes] ?? bytes]), ...value]
}

/** `pcimem FILE OFFSET [b|h|w|d [VALUE]]`. */
function pcimem([path = '', offset = '0', type = 'w', value]: Line): Line {
  const [, card, bar] = /\/sys\/bus\/pci\/devices\/([^/]+)\/resource([0-5])$/.exec(path) ?? []
  const place = `${card === undefined ? `file:${path}` : `pci:${card}/bar${bar}`}+${offset}`
  const [, letter = '', count] = /^([bhwd])(?:\*([0-9]+))?$/.exec(type) ?? []
  const width = ['--width', LETTER_BITS[letter] ?? '']
  if (value !== undefined) return ['write', `${place}=${value}`, ...width]
  return ['read', place, ...(count === undefined ? [] : ['--count', count]), ...width]
}

/** `rdmsr [-p CPU] REGISTER`, `wrmsr [-p CPU] REGISTER VALUE`. */
function msrCommand(name: 'rdmsr' | 'wrmsr', words: Line): Line[] {
  const isOther = words[0] === '-p'
  const cpu = isOther ? `cpu${words[1]}:` : ''
  const [register, value, ...more] = isOther ? words.slice(2) : words
  if (more.length > 0) return []
  if (name === 'rdmsr') return value === undefined ? [['read', `msr:${cpu}${register}`]] : []
  return value === undefined ? [] : [['write', `msr:${cpu}${register}=${value}`]]
}

function placeOf(word: string): string {
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
        return [[first, '--output', second]]
      }
      if (first.includes('..')) return isWidth(second) ? [[first, '--width', second]] : []
      return stretches(first, second).map((range) => [range])
    case 'search':
      return stretches(first, second).map((range) => [range, third])
    case 'fill':
      if (second === '=') return [[first, third]]
      // The width behind, as devmem's people have it in the middle.
      if (first.includes('..')) return isWidth(third) ? [[first, second, '--width', third]] : []
      // Others take the value first and then a count, which is never 0.
      if (!second.startsWith('+') && !isZero(third)) return []
      return stretches(first, second).map((range) => [range, third])
    case 'compare':
    case 'copy':
      return stretches(first, third).map((range) => [range, second])
    default:
      return []
  }
}

/** Whether a word is read as a place or a range, which is not what a file would be named. */
function isPlace(word: string): boolean {
  try {
    parseRangeOrPlace(word)
    return true
  } catch (error) {
    if (error instanceof RequestError) return false
    throw error
  }
}

/**
 * A place and a number after it: an end, where it is the larger of two addresses, or else a length.
 */
function stretches(place: string, number: string): string[] {
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

/** `fill RANGE=VALUE`. */
export function lackHabits(command: string, [only = '', ...more]: Line): Line[] {
  const [, range, value] = /^([^=]+)=([^=]+)$/.exec(only) ?? []
  return command === 'fill' && range !== undefined && value !== undefined && more.length === 0
    ? [[range, value]]
    : []
}

/** The commands whose first word is a range. */
const RANGED = ['dump', 'search', 'fill', 'compare', 'copy']

/** `dump PLACE --count 4`, which counts bytes to some and elements to others: `read` has the word. */
export function countHabits(command: string, argv: Line, flag: string): Line[] {
  if (command !== 'dump' || !/^--count(?:=|$)/.test(flag)) return []
  return [argv.with(argv.indexOf(command), 'read')]
}

/** `dump PLACE -n 16`, `-l 16`, `--length 16`, `--size 16`, which count bytes elsewhere: the whole lines. */
export function lengthHabits(command: string, argv: Line, flag: string): Line[] {
  const [, attached] = /^(?:-[nl]|--(?:length|len|size|bytes))=?(.*)$/.exec(flag) ?? []
  const at = argv.indexOf(flag)
  if (!RANGED.includes(command) || attached === undefined || at < 0) return []
  const length = attached || argv[at + 1]
  if (length === undefined || !/^(?:0x[0-9a-f]+|[0-9]+[kMG]?)$/i.test(length)) return []
  const rest = argv.filter((_, index) => index !== at && (attached || index !== at + 1))
  const name = rest.indexOf(command)
  // The first that is taken with it: another may be the value of an option.
  return rest.flatMap((word, index) =>
    index <= name || word.startsWith('-')
      ? []
      : [rest.map((other, place) => (place === index ? `${word}..+${length}` : other))],
  )
}

const PAGE = 0x1000

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

function isEndOf(place: string, end: string): boolean {
  const areHex = [place, end].every((text) => /^0x[0-9a-f]+$/i.test(text))
  return areHex && Number(place) >= PAGE && Number(end) > Number(place)
}
