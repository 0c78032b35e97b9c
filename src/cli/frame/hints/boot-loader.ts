/** The lines of those who come from U-Boot, barebox and memtool, and from OpenOCD and J-Link, which are alike. */
import { formatHex } from '../../../place/index.ts'
import { PAGE, placeOf } from './ranged.ts'
import { fillRegion, region, wordAt } from './region.ts'

type Line = readonly string[]

/** OpenOCD (`mdw`), J-Link (`mem32`, `w4`): what U-Boot calls the same. */
const RENAMED: Readonly<Record<string, string>> = {
  ...{ mdb: 'md.b', mdh: 'md.w', mdw: 'md.l', mdd: 'md.q' },
  ...{ mwb: 'mw.b', mwh: 'mw.w', mww: 'mw.l', mwd: 'mw.q' },
  ...{ mem8: 'md.b', mem16: 'md.w', mem32: 'md.l', mem64: 'md.q' },
  ...{ w1: 'mw.b', w2: 'mw.w', w4: 'mw.l', w8: 'mw.q' },
}

/** U-Boot, barebox and memtool: a word (`.w`, `-w`) is one of 16 bits there. */
export const SUFFIX_BITS: Readonly<Record<string, string>> = { b: '8', w: '16', l: '32', q: '64' }

/** The name of a command, what follows its dot, and its words with the numbers as they are here. */
interface Called {
  name: string
  suffix: string
  /** `undefined` where nobody knows what they are. */
  words: Line | undefined
}

export function called(command: string, words: Line): Called {
  const [name = '', suffix = ''] = (RENAMED[command] ?? command).split('.')
  if (/^m[dw][bhwd]$/.test(command)) return { name, suffix, words: words.map(decimalCount) }
  if (suffix !== '') return { name, suffix, words: words.map(hex) }
  // barebox and memtool name the width apart.
  const isApart = words.some((word) => /^-[bwlq]$/.test(word))
  const isOfBoth = isApart || words.every((word) => hex(word) === word)
  return { name, suffix, words: isOfBoth ? words : undefined }
}

/** OpenOCD counts in decimal. */
function decimalCount(word: string, index: number): string {
  return index > 0 && /^[1-9][0-9]+$/.test(word) ? formatHex(Number(word)) : word
}

/**
 * U-Boot and J-Link, which has commas between words, take all numbers as hexadecimal, barebox as C
 * does: one digit is the same to all.
 */
function hex(written: string): string {
  const word = written.replace(/^([0-9a-fx]+),$/i, '$1')
  return /^[0-9a-f]{2,16}$/i.test(word) ? `0x${word}` : word
}

/** `md`, `mw` of U-Boot and barebox: `[-b|-w|-l|-q] REGION [COUNT]`, `ADDRESS VALUE [COUNT]`. */
export function memoryCommand(name: 'md' | 'mw', suffix: string, words: Line): Line[] {
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
export function memtool(name: 'md' | 'mw', words: Line): Line[] {
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

/** `cmp`, `cp` of U-Boot, `[.b|.w|.l|.q] ADDRESS ADDRESS COUNT`; of a shell, `FILE FILE`. */
export function besides(name: 'compare' | 'copy', suffix: string, words: Line = []): Line[] {
  const [first, second = '', count] = words
  if (first === undefined) return []
  if (count === undefined) return [[name, placeOf(first), placeOf(second)]]
  const bits = SUFFIX_BITS[suffix]
  const counted = region(first, count, bits)
  const width = bits === undefined ? [] : ['--width', bits]
  return counted === first ? [] : [[name, counted, placeOf(second), ...width]]
}

function isEndOf(place: string, end: string): boolean {
  const areHex = [place, end].every((text) => /^0x[0-9a-f]+$/i.test(text))
  return areHex && Number(place) >= PAGE && Number(end) > Number(place)
}
