import { AccessError } from '../base/errors.ts'
import type { Value, Width } from '../base/width.ts'
import { counted } from '../text/count.ts'
import { chunksOf, prepareBlocks, runBlock } from './block.ts'
import { withWritten } from './failure.ts'
import type { Input } from './files.ts'
import type { Stretch } from './resolve.ts'
import { CHUNK_BYTES } from './stream.ts'

/** What one program stores of one value: a multiple of every width. */
const FILL_BYTES = 2 ** 24

export interface StoreOptions {
  width: Width
  signal: AbortSignal
  onProgress: (bytes: number) => void
}

/** How many bytes were stored, and why it ended before all were. */
export interface StoreOutcome {
  bytes: number
  error?: unknown
}

/** Stores one value in every element, in ascending order. */
export async function fillStretch(
  stretch: Stretch,
  value: Value,
  { width, signal, onProgress }: StoreOptions,
): Promise<StoreOutcome> {
  const refused = await refusalOf(stretch, width)
  if (refused) return refused
  for (const { offset, length } of chunksOf(stretch.length, { chunkBytes: FILL_BYTES })) {
    const step = { op: 'fill', address: offset, width, count: (length * 8) / width, value } as const
    const { bytesDone, error } = await runBlock(stretch, step, signal)
    if (error !== undefined) return stopped(stretch, error, offset + bytesDone)
    onProgress(offset + length)
  }
  return { bytes: stretch.length }
}

/** Stores all that comes from a file. */
export async function storeInput(
  stretch: Stretch,
  input: Input,
  { width, signal, onProgress }: StoreOptions,
): Promise<StoreOutcome> {
  const refused = await refusalOf(stretch, width)
  if (refused) return refused
  const buffer = new Uint8Array(Math.min(CHUNK_BYTES, stretch.length))
  const stepping = stretch.fixed ? 'fixed' : 'increment'
  for (const { offset, length } of chunksOf(stretch.length)) {
    const data = buffer.subarray(0, length)
    if (!(await input.fill(data, offset))) {
      const message = `${input.path} became shorter while it was read`
      return stopped(stretch, new AccessError('EIO', message, { file: input.path }), offset)
    }
    const step = { op: 'writeBlock', address: offset, width, data, stepping } as const
    const { bytesDone, error } = await runBlock(stretch, step, signal)
    if (error !== undefined) return stopped(stretch, error, offset + bytesDone)
    onProgress(offset + length)
  }
  return { bytes: stretch.length }
}

async function refusalOf(stretch: Stretch, width: Width): Promise<StoreOutcome | undefined> {
  try {
    await prepareBlocks(stretch, width, 'write')
    return undefined
  } catch (error) {
    return stopped(stretch, error, 0)
  }
}

function stopped({ length }: Stretch, error: unknown, bytes: number): StoreOutcome {
  return { bytes, error: withWritten(error, `wrote ${bytes} of ${counted(length, 'byte')}`) }
}
