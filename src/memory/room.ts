import type { Program } from './program.ts'

const NOTHING = new Uint8Array(0)

/** Room for what the program brings, and never more, in the buffer of its run where it fits. */
export function roomFor({ dataLength }: Program, buffer: Uint8Array | undefined): Uint8Array {
  if (dataLength === 0) return NOTHING
  const fits = buffer !== undefined && buffer.length >= dataLength && buffer.byteOffset % 8 === 0
  return fits ? buffer.subarray(0, dataLength) : new Uint8Array(dataLength)
}
