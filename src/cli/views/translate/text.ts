/** How addresses, mappings and counts stand in what translate and owners print. */
import { formatHex } from '../../../place/index.ts'

/** A physical address with at least 8 digits, or with as many as the end of RAM has. */
export function showPhysical(address: number, ramEnd = 0): string {
  const digits = Math.max(8, ramEnd.toString(16).length)
  return formatHex(address, digits * 4)
}

/** Lines `name  text`, the names in one column. */
export function columns(rows: readonly (readonly [name: string, text: string])[]): string[] {
  const longest = widest(rows.map(([name]) => name))
  return rows.map(([name, text]) => `${name.padEnd(longest)}  ${text}`)
}

/** The length of the longest text: there may be more than a call takes arguments. */
export function widest(texts: Iterable<string>): number {
  let most = 0
  for (const { length } of texts) most = Math.max(most, length)
  return most
}

/** `once`, `29 times`. */
export function showTimes(count: number): string {
  return count === 1 ? 'once' : `${count} times`
}

export function showFlags(flags: readonly string[]): string {
  return flags.length === 0 ? 'none' : flags.map((flag) => flag.toLowerCase()).join(', ')
}
