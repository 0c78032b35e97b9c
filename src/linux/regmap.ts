/**
 * What the kernel tells of the registers that drivers reach through a regmap: the files of a folder of
 * /sys/kernel/debug/regmap (drivers/base/regmap/regmap-debugfs.c). Numbers are hexadecimal there.
 */
import { join } from 'node:path'
import type { Files } from './files.ts'
import { listFolder, readLine, readText } from './read.ts'

/** Where each regmap has a folder of its own, named for its device. */
export const REGMAPS = '/sys/kernel/debug/regmap'

/** The file of a regmap by which its registers are read. */
export function registersFile(name: string): string {
  return join(REGMAPS, name, 'registers')
}

/** A register, and what its driver says of it. */
export interface RegmapRegister {
  number: number
  readable: boolean
  writable: boolean
  /** Whether it changes by itself: others the kernel may show as they were written last. */
  volatile: boolean
  /** Whether a read has an effect: such the kernel shows nobody. */
  precious: boolean
}

/** Registers from one number to another, as far apart as all of the map are. */
export interface RegmapRange {
  first: number
  last: number
}

/** A line of `registers`, which the kernel makes by reading the register. */
export interface RegmapLine {
  number: number
  /** `undefined` where the driver could not read it: the line has X then. */
  value: number | undefined
}

/** What is known of a regmap without a read of its registers. */
export interface Regmap {
  /** The driver of its device; `undefined` where there is none, or it is not told. */
  driver: string | undefined
  /** All that can be read or written, by rising numbers. */
  registers: readonly RegmapRegister[]
  /** Those that the kernel shows, by rising numbers. */
  shown: readonly RegmapRange[]
  /** Digits of a number in its lines. */
  digits: number
}

/** The names of all regmaps; none where debugfs is closed or not mounted. */
export function listRegmaps(files: Files): string[] {
  return listFolder(files, REGMAPS)
}

/** `undefined` where there is no such regmap, it is closed to us, or it shows no registers. */
export function readRegmap(name: string, files: Files): Regmap | undefined {
  const folder = `${REGMAPS}/${name}`
  const access = parseRegmapAccess(readText(files, `${folder}/access`) ?? '')
  const shown = parseRegmapRanges(readText(files, `${folder}/range`) ?? '')
  if (access === undefined || shown === undefined) return undefined
  return { driver: readRegmapDriver(name, files), shown, ...access }
}

/** The driver of a regmap's device; `undefined` where there is none, or it is not told. */
export function readRegmapDriver(name: string, files: Files): string | undefined {
  const driver = readLine(files, `${REGMAPS}/${name}/name`)
  return driver === 'nodev' || driver === '' ? undefined : driver
}

/**
 * `access`: `%.*x: %c %c %c %c`, whether a register is readable, writable, volatile and precious.
 * `undefined` for a text that is none, or has no line.
 */
export function parseRegmapAccess(text: string): Pick<Regmap, 'registers' | 'digits'> | undefined {
  const lines = linesOf(text)
  const registers: RegmapRegister[] = []
  for (const line of lines) {
    const parts = /^([0-9a-f]{1,8}): ([yn]) ([yn]) ([yn]) ([yn])$/.exec(line)
    if (parts === null) return undefined
    const [readable, writable, volatile, precious] = parts.slice(2).map((flag) => flag === 'y')
    const number = Number.parseInt(parts[1] as string, 16)
    if (number <= (registers.at(-1)?.number ?? -1)) return undefined
    registers.push({
      number,
      readable: readable === true,
      writable: writable === true,
      volatile: volatile === true,
      precious: precious === true,
    })
  }
  const digits = lines[0]?.indexOf(':')
  return digits === undefined ? undefined : { registers, digits }
}

/** `range`: `%x-%x`. `undefined` for a text that is none; a regmap that shows nothing has none. */
export function parseRegmapRanges(text: string): RegmapRange[] | undefined {
  const ranges: RegmapRange[] = []
  for (const line of linesOf(text)) {
    const parts = /^([0-9a-f]{1,8})-([0-9a-f]{1,8})$/.exec(line)
    if (parts === null) return undefined
    const [first, last] = parts.slice(1).map((digits) => Number.parseInt(digits, 16))
    if (first === undefined || last === undefined || last < first) return undefined
    if (first <= (ranges.at(-1)?.last ?? -1)) return undefined
    ranges.push({ first, last })
  }
  return ranges
}

/** A line of `registers`: `%.*x: %.*x`. `undefined` for a text that is none. */
export function parseRegmapLine(text: string): RegmapLine | undefined {
  const parts = /^([0-9a-f]{1,8}): (?:([0-9a-f]{2,16})|X{2,16})\n$/.exec(text)
  if (parts === null) return undefined
  const [, number = '', value] = parts
  return {
    number: Number.parseInt(number, 16),
    value: value === undefined ? undefined : Number.parseInt(value, 16),
  }
}

/**
 * The numbers of the registers that have lines in `registers`, in the order of these. In a range they
 * are as far apart as all of the map: as `access` has them.
 */
export function shownNumbers({ registers, shown }: Pick<Regmap, 'registers' | 'shown'>): number[] {
  let index = 0
  return registers.flatMap(({ number }) => {
    while ((shown[index]?.last ?? number) < number) index++
    return (shown[index]?.first ?? Number.POSITIVE_INFINITY) <= number ? [number] : []
  })
}

function linesOf(text: string): string[] {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
}
