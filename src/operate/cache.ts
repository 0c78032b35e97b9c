import { PhysmemError } from '../base/errors.ts'
import { type CacheControl, loadAddon } from '../engine/addon.ts'
import { MAX_BLOCK_BYTES } from '../memory/limits.ts'
import { Program } from '../memory/program.ts'
import { tellOfPlace } from './failure.ts'
import type { Stretch } from './resolve.ts'
import type { ShownAddress } from './shown-address.ts'

/** Writes the cache lines of a stretch back, and with `flush` drops them. */
export async function maintain(
  stretch: Stretch,
  action: 'clean' | 'flush',
  signal: AbortSignal,
): Promise<void> {
  const { place, memory, address, length } = stretch
  const programs = inPieces(address, length).map((piece) => {
    return new Program([{ op: 'cache', action, ...piece }])
  })
  try {
    if (programs.length > 1) for (const program of programs) await memory.prepare(program)
    for (const program of programs) await memory.run(program, { signal })
  } catch (error) {
    throw error instanceof PhysmemError ? tellOfPlace(error, place, stretch) : error
  }
}

/** No more in one than a program may have. */
function inPieces(start: number, length: number): { address: number; length: number }[] {
  return Array.from({ length: Math.ceil(length / MAX_BLOCK_BYTES) }, (_, index) => {
    const done = index * MAX_BLOCK_BYTES
    return { address: start + done, length: Math.min(length - done, MAX_BLOCK_BYTES) }
  })
}

/** What this CPU lets programs do to its cache lines, if anything. */
export function cacheControl(): CacheControl | undefined {
  return loadAddon().cacheControl() ?? undefined
}

/** How many lines hold a byte of these. */
export function countLines(address: ShownAddress, length: number, lineBytes: number): number {
  const [first, bytes] = [BigInt(address), BigInt(lineBytes)]
  return Number((first + BigInt(length) - 1n) / bytes - first / bytes) + 1
}
