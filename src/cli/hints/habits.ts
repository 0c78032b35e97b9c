/** What other tools call what physmem does. */
import { formatHex } from '../../place/index.ts'
import { isRegularFile } from '../files.ts'

type Line = readonly string[]

/** pcimem: a byte, a half word, a word, a double word. */
const LETTER_BITS: Record<string, string> = { b: '8', h: '16', w: '32', d: '64' }

/** U-Boot and barebox: `.w` is a word of 16 bits there. */
const SUFFIX_BITS: Record<string, string> = { b: '8', w: '16', l: '32', q: '64' }

/**
 * The lines that were probably meant by the name of another tool's command and its words, likely ones
 * first; they may be wrong, and are to be tried. Nothing is guessed of what is counted in ways that
 * differ between tools.
 */
export function habitsOf(command: string, words: Line): Line[] {
  const [name = '', suffix = ''] = command.split('.')
  const width = suffix in SUFFIX_BITS ? ['--width', SUFFIX_BITS[suffix] as string] : []
  const [first = '', second, third] = words
  switch (name) {
    case 'md':
      return [
        ['dump', region(first, second, width[1]), ...width],
        ['dump', first, ...width],
      ]
    case 'mw':
      return third === undefined ? [['write', `${first}=${second}`, ...width]] : []
    case 'memtool':
      return first === 'md' || first === 'mw' ? habitsOf(first, words.slice(1)) : []
    case 'peek':
      return [second === undefined ? ['read', first] : ['read', first, '--count', second]]
    case 'poke':
      return [['write', `${first}=${second}`]]
    case 'hexdump':
    case 'hd':
    case 'xxd':
    case 'od':
      return [['dump', isRegularFile(first) ? `file:${first}` : first]]
    case 'ls':
      return [['list', ...words]]
    case 'rwmem':
      return [first.includes('=') ? ['write', ...words] : ['read', ...words]]
    case 'devmem2':
      return [['devmem', ...words]]
    case 'pcimem':
      return [pcimem(words)]
    default:
      return []
  }
}

/** The commands of which these are the names elsewhere. */
export const otherNames: Readonly<Record<string, string>> = {
  ...{ md: 'dump', hexdump: 'dump', hd: 'dump', xxd: 'dump', od: 'dump', cat: 'dump' },
  ...{ mw: 'write', poke: 'write', set: 'write', peek: 'read', get: 'read', rwmem: 'read' },
  ...{ pcimem: 'read', memtool: 'dump', devmem2: 'devmem', ls: 'list', cp: 'copy' },
  ...{ cmp: 'compare', diff: 'compare', grep: 'search', find: 'search', memset: 'fill' },
}

/**
 * `ADDRESS [COUNT]` of U-Boot, whose count is of elements and in hexadecimal: only one that is the
 * same in both is taken; and `START+SIZE`, `START-LAST` of barebox and memtool.
 */
function region(first: string, count: string | undefined, width = '32'): string {
  const [, start, sign, end] = /^(0x[0-9a-f]+)([+-])(0x[0-9a-f]+|[0-9]+)$/i.exec(first) ?? []
  if (sign === '+') return `${start}..+${end}`
  if (sign === '-') return `${start}..${formatHex(Number(end) + 1)}`
  if (count === undefined || !/^(?:0x[0-9a-f]+|[1-9])$/i.test(count)) return first
  return `${first}..+${formatHex((Number(count) * Number(width)) / 8)}`
}

/** `pcimem FILE OFFSET [b|h|w|d [VALUE]]`. */
function pcimem([path = '', offset = '0', type = 'w', value]: Line): Line {
  const [, card, bar] = /\/sys\/bus\/pci\/devices\/([^/]+)\/resource([0-5])$/.exec(path) ?? []
  const place = `${card === undefined ? `file:${path}` : `pci:${card}/bar${bar}`}+${offset}`
  const width = ['--width', LETTER_BITS[type] ?? '']
  return value === undefined ? ['read', place, ...width] : ['write', `${place}=${value}`, ...width]
}

/** The words that were probably meant by too many: a length behind a place is a part of its range. */
export function excessHabits(command: string, words: Line): Line[] {
  const [first = '', second = '', third = ''] = words
  switch (command) {
    case 'dump':
      return stretches(first, second).map((range) => [range])
    case 'search':
      return stretches(first, second).map((range) => [range, third])
    case 'compare':
    case 'copy':
      return stretches(first, third).map((range) => [range, second])
    default:
      return []
  }
}

/** A place and a number behind it: an end, where it is the larger of two addresses, or else a length. */
function stretches(place: string, number: string): string[] {
  if (!/^(?:0x[0-9a-f]+|[0-9]+[kMG]?)$/i.test(number)) return []
  const areAddresses = [place, number].every((text) => /^0x0*[1-9a-f]/i.test(text))
  const isEnd = areAddresses && Number(number) > Number(place)
  return [isEnd ? `${place}..${number}` : `${place}..+${number}`]
}
