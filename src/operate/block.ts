import { PhysmemError } from '../base/errors.ts'
import type { RunResults } from '../base/run-results.ts'
import type { Width } from '../base/width.ts'
import { Program } from '../memory/program.ts'
import type { FillStep, ReadBlockStep, WriteBlockStep } from '../memory/step.ts'
import { tellOfPlace } from './failure.ts'
import { addressIn, type Stretch } from './resolve.ts'
import { CHUNK_BYTES } from './stream.ts'

type BlockStep = ReadBlockStep | WriteBlockStep | FillStep

/** How one block ended. */
export interface BlockOutcome {
  results: RunResults | undefined
  /** Bytes of the block that were done before the error. */
  bytesDone: number
  error?: unknown
}

/** Runs one block in a stretch; `address` in the step counts from the start of the stretch. */
export async function runBlock(
  stretch: Stretch,
  step: BlockStep,
  signal: AbortSignal,
): Promise<BlockOutcome> {
  const moved = { ...step, address: addressIn(stretch, step.address) }
  const program = new Program([moved], stretch.memory.misalignment)
  try {
    return { results: await stretch.memory.run(program, { signal }), bytesDone: program.blockBytes }
  } catch (error) {
    if (!(error instanceof PhysmemError)) throw error
    const elements = error.data.elementsDone ?? 0
    const bytesDone = (elements * step.width) / 8
    return {
      results: error.results,
      bytesDone,
      error: tellOfPlace(error, stretch.place, stretch),
    }
  }
}

/**
 * Finds out, without any access, what the system refuses of a stretch: nothing of it is stored, or
 * read, in vain. Rejects in the words of its place.
 */
export function prepareBlocks(
  stretch: Stretch,
  width: Width,
  direction: 'read' | 'write',
): Promise<void> {
  return lookAhead(stretch, { width, direction, how: 'prepare' })
}

/** For a dry run: as `prepareBlocks`, and besides what the memory knows of accesses that it is spared. */
export function foreseeBlocks(
  stretch: Stretch,
  width: Width,
  direction: 'read' | 'write',
): Promise<void> {
  return lookAhead(stretch, { width, direction, how: 'foresee' })
}

interface Ahead {
  width: Width
  direction: 'read' | 'write'
  how: 'prepare' | 'foresee'
}

async function lookAhead(stretch: Stretch, { width, direction, how }: Ahead): Promise<void> {
  const all = stretch.fixed ? width / 8 : stretch.length
  for (const { offset, length } of chunksOf(all)) {
    const where = { address: stretch.address + offset, width, count: (length * 8) / width }
    const step =
      direction === 'read'
        ? ({ op: 'readBlock', ...where } as const)
        : ({ op: 'fill', ...where, value: 0 } as const)
    try {
      await stretch.memory[how](new Program([step], stretch.memory.misalignment))
    } catch (error) {
      throw tellOfPlace(error, stretch.place, stretch, how === 'foresee')
    }
  }
}

/** Where the chunks of a stretch start, and their lengths; from its end with `backwards`. */
export function chunksOf(
  length: number,
  { backwards = false, chunkBytes = CHUNK_BYTES } = {},
): { offset: number; length: number }[] {
  const count = Math.ceil(length / chunkBytes)
  const chunks = Array.from({ length: count }, (_, index) => {
    const offset = index * chunkBytes
    return { offset, length: Math.min(chunkBytes, length - offset) }
  })
  return backwards ? chunks.reverse() : chunks
}
