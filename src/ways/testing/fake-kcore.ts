import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'

export interface FakeSegment {
  virtual: bigint
  /** −1 and 0 are written as the kernel writes them. */
  physical: bigint
  length: bigint
  offset: bigint
  /** What is there, from its start on; the rest is a hole. */
  bytes?: Uint8Array
}

const HEADER_BYTES = 64
const ENTRY_BYTES = 56

/** The headers of a 64-bit /proc/kcore, as fs/proc/kcore.c writes them. */
export function kcoreHeaders(segments: readonly FakeSegment[]): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + segments.length * ENTRY_BYTES)
  const view = new DataView(bytes.buffer)
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1])
  view.setUint16(16, 4, true) // ET_CORE
  view.setBigUint64(32, BigInt(HEADER_BYTES), true)
  view.setUint16(54, ENTRY_BYTES, true)
  view.setUint16(56, segments.length, true)
  for (const [index, { virtual, physical, length, offset }] of segments.entries()) {
    const at = HEADER_BYTES + index * ENTRY_BYTES
    view.setUint32(at, 1, true) // PT_LOAD
    view.setBigUint64(at + 8, offset, true)
    view.setBigUint64(at + 16, virtual, true)
    view.setBigUint64(at + 24, BigInt.asUintN(64, physical), true)
    view.setBigUint64(at + 32, length, true)
    view.setBigUint64(at + 40, length, true)
  }
  return bytes
}

/** Holes are free there, up to offsets near 2^63. */
export const SPARSE_FOLDER = '/dev/shm'

const BLOCK = 4096n

/**
 * Writes a file like /proc/kcore: mostly holes, however far apart its segments are. Node writes at no
 * position beyond 2^53, but dd does. Offsets of segments with bytes are multiples of 4096.
 */
export function writeKcore(path: string, segments: readonly FakeSegment[]): void {
  writeFileSync(path, kcoreHeaders(segments))
  for (const { bytes, offset } of segments) {
    if (bytes === undefined) continue
    const options = [`of=${path}`, `bs=${BLOCK}`, `seek=${offset / BLOCK}`, 'conv=notrunc']
    execFileSync('dd', options, { input: bytes, stdio: ['pipe', 'ignore', 'ignore'] })
  }
}
