/** What other tools call what physmem does. */

import { existsSync } from 'node:fs'
import { besides, called, memoryCommand, memtool, SUFFIX_BITS } from './boot-loader.ts'
import { isBytesFile } from './bytes-file.ts'
import { dd } from './dd.ts'
import { examined, i2cTools, io, openOcd, peekpoke, widthInName } from './debuggers.ts'
import { hexdumpLines } from './hexdump.ts'
import { msrCommand } from './msr-tools.ts'
import { widthOf } from './orders.ts'
import { lspci, pcimem, setpci } from './pci-tools.ts'
import { stretches } from './ranged.ts'
import { region } from './region.ts'

type Line = readonly string[]

/** How many words the lines have that are known of a command. */
const MOST_WORDS: Record<string, number> = {
  ...{
    peek: 2,
    get: 2,
    r: 2,
    rd: 2,
    read: 2,
    poke: 2,
    d: 2,
    dump: 2,
    save: 2,
    memset: 3,
    cat: 1,
    cmp: 3,
    diff: 2,
    lsuio: 0,
  },
  ...{ pcimem: 4, devmem2: 3, version: 0, cp: 3, alloc: 1, source: 1, v2p: 2, virt2phys: 2 },
}

/** Names that several tools have, of which some take every number as hexadecimal. */
const OF_SEVERAL = ['r', 'rd', 'w', 'wr', 'io']

/** Names that tell what is done, but are those of no tool in particular. */
const ALIASES: Readonly<Record<string, string>> = {
  ...{ memread: 'read', mread: 'read', regread: 'read', read_reg: 'read', readreg: 'read' },
  ...{ memwrite: 'write', mwrite: 'write', regwrite: 'write', write_reg: 'write' },
  ...{ writereg: 'write', memdump: 'dump' },
}

/** toybox counts the bytes of a width. */
const BYTES_BITS: Record<string, string> = { 1: '8', 2: '16', 4: '32', 8: '64' }

/**
 * The lines that were probably meant by the name of another tool's command and its words, likely ones
 * first; they may be wrong, and are to be tried. Nothing is guessed of what is counted in ways that
 * differ between tools.
 */
export function habitsOf(command: string, words: Line): Line[] {
  const { name, suffix, words: counted } = called(ALIASES[command] ?? command, words)
  const [first = '', second, third] = words
  const width = suffix === '' ? [] : ['--width', SUFFIX_BITS[suffix] ?? '']
  // A line that leaves words out is another.
  if (words.length > (MOST_WORDS[name] ?? words.length)) return []
  if (counted === undefined && OF_SEVERAL.includes(name)) return []
  switch (name) {
    case 'md':
    case 'mw':
      return counted === undefined ? [] : memoryCommand(name, suffix, counted)
    case 'memtool':
      return first === 'md' || first === 'mw' ? memtool(first, words.slice(1)) : []
    case 'peek':
    case 'get':
    case 'r':
    case 'rd':
    case 'read': // With the letter of a width.
      return [readOf(first, second, width)]
    case 'poke':
    case 'set':
    case 'w':
    case 'wr':
    case 'write':
      if (second === undefined && first.includes('=')) return [['write', first, ...width]]
      // A field of a register.
      if (second?.includes('=') && third === undefined) return [['write', `${first}:${second}`]]
      return third === undefined ? [['write', `${first}=${second}`, ...width]] : []
    case 'd':
    case 'dump':
      return (second === undefined ? [first] : stretches(first, second)).map((range) => [
        ...['dump', range],
        ...width,
      ])
    case 'save':
      // What is there would be replaced.
      return second === undefined || existsSync(second) ? [] : [['dump', first, '--output', second]]
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
      return besides('compare', suffix, third === undefined ? words : counted)
    case 'cp':
      return besides('copy', suffix, third === undefined ? words : counted)
    case 'ls':
      return listed(words)
    case 'lspci':
      return lspci(words)
    case 'setpci':
      return setpci(words)
    case 'dd':
      return dd(words)
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
      return [devmem2(words)]
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
      return [examined, widthInName, openOcd].flatMap((lines) => lines(command, words))
  }
}

/** `ADDRESS [COUNT]`, `ADDRESS WIDTH`: what `read` is answered for the same words. */
function readOf(place: string, number: string | undefined, width: Line): Line {
  if (number === undefined) return ['read', place, ...width]
  const bits = width.length === 0 ? widthOf(number) : undefined
  return bits === undefined
    ? ['read', place, '--count', number, ...width]
    : ['read', place, '--width', bits]
}

/** `ls WORD...` looks for what has these words; an address has no name, and what a board has is read. */
function listed(words: Line): Line[] {
  const [only = '', ...more] = words
  if (only === '' || more.length > 0) return [['list', ...words]]
  const isAddress = /^[0-9]/.test(only)
  return isAddress
    ? [['read', only]]
    : [
        ['list', only],
        ['read', only],
      ]
}

/** `ADDRESS [b|h|w|l [VALUE]]`. */
function devmem2([address = '', letter, value]: Line): Line {
  if (letter === undefined) return ['read', address]
  const width = ['--width', widthOf(letter) ?? '']
  return value === undefined
    ? ['read', address, ...width]
    : ['write', `${address}=${value}`, ...width]
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
  ...{ rdmsr: 'read', wrmsr: 'write', print: 'read' },
  ...{ mdb: 'dump', mdh: 'dump', mdw: 'dump', mdd: 'dump' },
  ...{ mwb: 'write', mwh: 'write', mww: 'write', mwd: 'write' },
  ...{ pcimem: 'read', memtool: 'dump', devmem2: 'read', busybox: 'devmem', toybox: 'devmem' },
  ...{ ls: 'list', lspci: 'list', cp: 'copy', save: 'dump', check: 'doctor' },
  ...{ cmp: 'compare', diff: 'compare', grep: 'search', find: 'search', memset: 'fill' },
  ...{ mm: 'write', nm: 'write', v2p: 'translate', virt2phys: 'translate', pagemap: 'translate' },
  ...{ poll: 'wait', info: 'map', iomem: 'map', insmod: 'kmod', modprobe: 'kmod' },
}

/** `ADDRESS [BYTES [VALUE]]`. */
function toyboxDevmem([address = '', bytes, ...value]: Line): Line {
  return ['devmem', address, ...(bytes === undefined ? [] : [BYTES_BITS[bytes] ?? bytes]), ...value]
}
