import type { Mapping } from '../linux/maps.ts'
import { formatHex } from '../text/number.ts'
import { printable } from '../text/refuse.ts'

/** The mapping that holds an address; the list is as the kernel has it, by rising address. */
export function mappingAt<M extends Mapping>(
  mappings: readonly M[],
  virtual: bigint,
): M | undefined {
  return mappings.find(({ start, end }) => start <= virtual && virtual < end)
}

/** The mappings below and above an address that is in none. */
export function neighboursOf<M extends Mapping>(
  mappings: readonly M[],
  virtual: bigint,
): { below: M | undefined; above: M | undefined } {
  const below = mappings.findLast(({ end }) => end <= virtual)
  const above = mappings.find(({ start }) => start > virtual)
  return { below, above }
}

/** A virtual address with at least 12 digits, what 48 bits take: so all of most processes line up. */
export function showVirtual(address: number | bigint): string {
  return formatHex(address, 48)
}

/** `0x7f6692ff8000..0x7f6692ffa000 rw-p /usr/lib/libc.so`, in one line. */
export function describeMapping(mapping: Mapping): string {
  const range = `${showVirtual(mapping.start)}..${showVirtual(mapping.end)}`
  return `${range} ${rightsOf(mapping)} ${nameOf(mapping)}`
}

/** `rw-p`, as in /proc/PID/maps. */
export function rightsOf({ readable, writable, executable, shared }: Mapping): string {
  const access = [readable ? 'r' : '-', writable ? 'w' : '-', executable ? 'x' : '-']
  return `${access.join('')}${shared ? 's' : 'p'}`
}

/** What is mapped, printable: the path may hold anything. */
export function nameOf({ path }: Mapping): string {
  return path === '' ? 'anonymous' : printable(path)
}

/** Without what smaps says besides. */
export function bare({ start, end, readable, writable, executable, ...rest }: Mapping): Mapping {
  const { shared, offset, device, inode, path } = rest
  return { start, end, readable, writable, executable, shared, offset, device, inode, path }
}

/** Whether pages of a mapping have no file to come from. */
export function isAnonymous({ path, inode }: Mapping): boolean {
  return inode === 0n && !path.startsWith('/')
}

/**
 * Whether a mapping is of memfd_secret, whose pages the kernel has taken out of its own mapping
 * (mm/secretmem.c, secretmem_file_create).
 */
export function isSecret({ path, shared }: Mapping): boolean {
  return shared && path === '/secretmem (deleted)'
}

/** Addresses from here on belong to the kernel, on all CPUs of 64 bits. */
export const KERNEL_HALF = 1n << 63n
