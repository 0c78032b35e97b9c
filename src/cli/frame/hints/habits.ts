/** What other tools call what physmem does. */

import { isBytesFile } from './bytes-file.ts'
import { examined, i2cTools, inOurNumbers, io, peekpoke, widthInName } from './debuggers.ts'
import { hexdumpLines } from './hexdump.ts'
import { PAGE, placeOf, stretches } from './ranged.ts'
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
export function habitsOf(given: string, written: Line): Line[] {
  const ours = inOurNumbers(given, written)
  if (ours === undefined) return []
  const [command, words] = ours
  const [name = '', suffix = ''] = command.split('.')
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

function isEndOf(place: string, end: string): boolean {
  const areHex = [place, end].every((text) => /^0x[0-9a-f]+$/i.test(text))
  return areHex && Number(place) >= PAGE && Number(end) > Number(place)
}
