/** Stretches of memory as other tools write them. */
import { formatHex } from '../../../place/index.ts'

/**
 * `ADDRESS [COUNT]` of U-Boot, whose count is of elements and in hexadecimal: only one that is the
 * same in both is taken; and `START+SIZE`, `START-LAST` of barebox and memtool.
 */
export function region(first: string, count?: string, width = '32'): string {
  const [, start, sign, end = ''] =
    /^(.*(?:0x[0-9a-f]+|[0-9]+))([+-])(0x[0-9a-f]+|[0-9]+[kMG]?)$/i.exec(first) ?? []
  if (sign === '+') return `${start}..+${end}`
  if (sign === '-') return `${start}..${formatHex(Number(end) + 1, bitsOf(end))}`
  return count === undefined ? first : (counted(first, count, width) ?? first)
}

/** So that what was written with zeros in front is suggested with them. */
function bitsOf(hex: string): number {
  return 4 * (hex.length - '0x'.length)
}

/** The same of `mw ADDRESS VALUE COUNT`; what is refused where the count is not the same in both. */
export function fillRegion(first: string, count: string, width = '32'): string {
  return counted(first, count, width) ?? ''
}

function counted(first: string, count: string, width: string): string | undefined {
  if (!/^(?:0x[0-9a-f]+|[1-9])$/i.test(count)) return undefined
  return `${first}..+${formatHex((Number(count) * Number(width)) / 8)}`
}

/** The place of the element that is so many after the first. */
export function wordAt(place: string, index: number, width: string): string {
  return index === 0 ? place : `${place}+${formatHex((index * Number(width)) / 8)}`
}
