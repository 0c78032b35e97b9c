import type { Mapping } from '../linux/maps.ts'

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

/** `0x7f00000000-0x7f00001000 rw-p /usr/lib/libc.so`, in one line. */
export function describeMapping({ start, end, path, ...mapping }: Mapping): string {
  const rights = [
    mapping.readable ? 'r' : '-',
    mapping.writable ? 'w' : '-',
    mapping.executable ? 'x' : '-',
    mapping.shared ? 's' : 'p',
  ]
  const name = path === '' ? 'anonymous' : path.replaceAll('\n', '\\n')
  return `0x${start.toString(16)}..0x${end.toString(16)} ${rights.join('')} ${name}`
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

/** Addresses from here on belong to the kernel, on all CPUs of 64 bits. */
export const KERNEL_HALF = 1n << 63n
