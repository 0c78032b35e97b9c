/** How addresses, mappings and counts stand in what translate and owners print. */
import type { Mapping } from '../../linux/maps.ts'
import { formatHex } from '../../place/index.ts'

/** An address with at least 12 digits: what 48 bits take, so that columns line up. */
export function showAddress(address: number | bigint): string {
  return formatHex(address, 48)
}

/** Lines `name  text`, the names in one column. */
export function columns(rows: readonly (readonly [name: string, text: string])[]): string[] {
  const longest = Math.max(...rows.map(([name]) => name.length))
  return rows.map(([name, text]) => `${name.padEnd(longest)}  ${text}`)
}

/** `rw-p`, as in /proc/PID/maps. */
export function showRights(mapping: Mapping): string {
  const { readable, writable, executable, shared } = mapping
  const letter = (has: boolean, one: string) => (has ? one : '-')
  const access = letter(readable, 'r') + letter(writable, 'w') + letter(executable, 'x')
  return `${access}${shared ? 's' : 'p'}`
}

/** What is mapped, in one line. */
export function showName({ path }: Mapping): string {
  return path === '' ? 'anonymous' : path.replaceAll('\n', '\\n')
}

export function showMapping(mapping: Mapping): string {
  const range = `${showAddress(mapping.start)}..${showAddress(mapping.end)}`
  return `${range} ${showRights(mapping)} ${showName(mapping)}`
}

/** `once`, `29 times`. */
export function showTimes(count: number): string {
  return count === 1 ? 'once' : `${count} times`
}

export function showFlags(flags: readonly string[]): string {
  return flags.length === 0 ? 'none' : flags.map((flag) => flag.toLowerCase()).join(', ')
}

/** A mapping as JSON: addresses and the offset are strings. */
export function mappingToJson(mapping: Mapping): Record<string, unknown> {
  const { start, end, path, offset, device, inode } = mapping
  const { readable, writable, executable, shared } = mapping
  const name = path === '' ? {} : { path }
  const file = inode === 0n ? {} : { offset, device, inode: `${inode}` }
  return { start, end, readable, writable, executable, shared, ...name, ...file }
}
