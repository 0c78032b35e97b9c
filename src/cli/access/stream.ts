import { setImmediate } from 'node:timers/promises'
import { AccessError, PhysmemError, RefusedError } from '../../errors.ts'
import { Program } from '../../memory/program.ts'
import type { Width } from '../../memory/step.ts'
import { shownAddress } from '../format/address.ts'
import { restateFailure, shortReason } from './failure.ts'
import type { Ones } from './ones.ts'
import { addressIn, type Stretch } from './resolve.ts'

/** What one program moves: handing it to another thread and back costs as much as reading 100 kB. */
export const CHUNK_BYTES = 2 ** 22

/** What is passed over where nothing can be mapped: no machine protects less than this. */
const PAGE_BYTES = 4096

/** Bytes that were read. They are good until the next piece is asked for. */
export interface Piece {
  kind: 'bytes'
  /** From the start of the stretch. */
  offset: number
  bytes: Uint8Array
}

/** Bytes that could not be read, and were passed over. */
export interface Gap {
  kind: 'gap'
  offset: number
  length: number
  reason: string
}

export interface StreamOptions {
  width: Width
  signal: AbortSignal
  /** Told of the bytes. */
  ones: Ones
  /** Passes over what cannot be read, instead of ending with the error. */
  keepGoing?: boolean
}

/**
 * Reads a stretch in order, piece by piece; while one is used the next is being read. At the first
 * access that fails it gives what was read before and then throws the error. With `keepGoing` it goes
 * on: behind the element where that one failed, and behind the page where nothing of it can be had.
 */
export async function* readStream(
  stretch: Stretch,
  options: StreamOptions,
): AsyncGenerator<Piece | Gap, void, void> {
  const { keepGoing = false, width, ones } = options
  const { place, memory } = stretch
  const seen = ones.follow({ place, address: shownAddress(memory, stretch.address) })
  const stop = new AbortController()
  const signal = AbortSignal.any([options.signal, stop.signal])
  const buffers = [new Uint8Array(bufferBytes(stretch)), new Uint8Array(bufferBytes(stretch))]
  let turn = 0
  /** Behind a fault, to the end of its page, each element may be one more. */
  let careful = 0
  const start = (offset: number) => {
    const buffer = buffers[turn++ % 2] as Uint8Array
    const end = offset < careful ? careful : endOfChunk(stretch, offset)
    return readChunk(stretch, { offset, end, width }, buffer, signal)
  }
  let next: Promise<Chunk> | undefined = start(0)
  let gap: Gap | undefined
  try {
    while (next) {
      const chunk: Chunk = await next
      next = undefined
      const { offset, bytes, error } = chunk
      const at = offset + bytes.length
      if (error !== undefined) careful = endOfPage(stretch, at, width)
      const end = error === undefined ? at : isOfElement(error) ? at + width / 8 : careful
      const goOn = error === undefined || (keepGoing && isAbsence(error))
      if (goOn && end < stretch.length) {
        next = start(end)
        // Runs are queued: let this one begin before the piece is used, which may block.
        await setImmediate()
      }
      if (gap && bytes.length > 0) {
        yield gap
        gap = undefined
      }
      if (bytes.length > 0) {
        seen(bytes)
        yield { kind: 'bytes', offset, bytes }
      }
      if (error === undefined) continue
      if (!goOn) throw restateFailure(error, stretch.place, stretch)
      const more: Gap = { kind: 'gap', offset: at, length: end - at, reason: shortReason(error) }
      const joined: Gap[] = mergeGaps(gap ? [gap, more] : [more])
      if (joined.length > 1) yield joined[0] as Gap
      gap = joined.at(-1)
    }
    if (gap) yield gap
  } finally {
    stop.abort()
    await next
  }
}

interface Chunk {
  offset: number
  /** What was read, shorter than the chunk when there is an error. */
  bytes: Uint8Array
  error?: PhysmemError
}

function bufferBytes({ length }: Stretch): number {
  return Math.min(Math.ceil(length / 8) * 8, CHUNK_BYTES)
}

/** Never rejects with a PhysmemError, so that it may be left alone for a while. */
async function readChunk(
  stretch: Stretch,
  { offset, end, width }: { offset: number; end: number; width: Width },
  buffer: Uint8Array,
  signal: AbortSignal,
): Promise<Chunk> {
  const { memory, fixed } = stretch
  const address = addressIn(stretch, offset)
  const count = ((end - offset) * 8) / width
  const stepping = fixed ? 'fixed' : 'increment'
  const step = { op: 'readBlock', address, width, count, stepping } as const
  try {
    const program = new Program([step], memory.misalignment)
    return { offset, bytes: (await memory.run(program, { signal, buffer })).bytes(0) }
  } catch (error) {
    if (!(error instanceof PhysmemError)) throw error
    const { results, data } = error
    const bytes = results?.partialBytes(0, data.elementsDone ?? 0) ?? new Uint8Array(0)
    return { offset, bytes, error }
  }
}

/** The next multiple of a chunk, so that the pieces of two stretches come side by side. */
function endOfChunk({ length }: Stretch, offset: number): number {
  return Math.min(offset + CHUNK_BYTES - (offset % CHUNK_BYTES), length)
}

/** Behind the last element that begins in the page, in a memory whose elements may cross its pages. */
function endOfPage({ address, length }: Stretch, offset: number, width: Width): number {
  const rest = PAGE_BYTES - ((address + offset) % PAGE_BYTES)
  const size = width / 8
  return Math.min(offset + Math.ceil(rest / size) * size, length)
}

/** Whether the error says that nothing can be read there, and not that the work was stopped. */
function isAbsence(error: PhysmemError): boolean {
  return error instanceof AccessError || (error instanceof RefusedError && error.code !== 'ECLOSED')
}

/** Whether it was this access that failed: of the rest of the page nothing is known then. */
function isOfElement({ code, data }: PhysmemError): boolean {
  return (code === 'EFAULT_BUS' || code === 'EFAULT_SEGV') && data.wholePage !== true
}

/** Gaps that touch and have the same reason, as one. */
export function mergeGaps(gaps: readonly Gap[]): Gap[] {
  const merged: Gap[] = []
  for (const gap of gaps) {
    const last = merged.at(-1)
    if (last && last.offset + last.length === gap.offset && last.reason === gap.reason) {
      merged[merged.length - 1] = { ...last, length: last.length + gap.length }
    } else merged.push(gap)
  }
  return merged
}
