/**
 * A pointer of the kernel, as its log, /proc/kallsyms and debuggers print it: 16 digits, of which the
 * first bit is 1. What follows is an offset, bits, or the end of a range.
 */
const pointer = /^(?:0x)?([89a-f][0-9a-f]{15})((?:(?:\+|\.\.|:).*)?)$/is

/** What is meant by a text that begins as a pointer of the kernel: `0x…`, and what follows it. */
export function kernelPointer(text: string): string | undefined {
  const [, digits, rest] = pointer.exec(text) ?? []
  return digits === undefined ? undefined : `0x${digits}${rest}`
}
