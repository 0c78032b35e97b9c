import { setImmediate } from 'node:timers/promises'
import { AccessError, PhysmemError, RefusedError } from '../base/errors.ts'
import type { BlockPart, RunResults } from '../base/run-results.ts'
import type { Width } from '../base/width.ts'
import { REASONS } from '../memory/failure.ts'
import { Program } from '../memory/program.ts'
import type { Blanks } from './blanks.ts'
import { shortReason, tellOfPlace } from './failure.ts'
import { addressIn, type Stretch } from './resolve.ts'
import { shownAddress } from './shown-address.ts'

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
  blanks: Blanks
  /** Passes over what cannot be read, instead of ending with the error. */
  keepGoing?: boolean
}

/**
 * Reads a stretch in order, piece by piece; while one is used the next is being read. At the first
 * access that fails it gives what was read before and then throws the error. With `keepGoing` it goes
 * on: after the element where that one failed, and after the page where nothing of it is
 * accessible.
 */
export async function* readStream(
  stretch: Stretch,
  options: StreamOptions,
): AsyncGenerator<Piece | Gap, void, void> {
  const { keepGoing = false, width, blanks } = options
  const { place, memory } = stretch
  const seen = blanks.follow({ place, address: shownAddress(memory, stretch.address) })
  const stop = new AbortController()
  const signal = AbortSignal.any([options.signal, stop.signal])
  const chunks = new Chunks(stretch, options)
  const start = (offset: number) => readChunk(stretch, chunks.at(offset), signal)
  let next: Promise<Chunk> | undefined = start(0)
  let gap: Gap | undefined
  try {
    while (next) {
      const chunk: Chunk = await next
      next = undefined
      const { end, error } = chunk
      const goOn = error === undefined || (keepGoing && isAbsence(error))
      const behind = error === undefined ? end : endOfFailure(stretch, end, width, error)
      if (goOn && behind < stretch.length) {
        next = start(behind)
        // Runs are queued: let this one begin before the piece is used, which may block.
        await setImmediate()
      }
      const parts: (Piece | Gap)[] = chunk.parts
      if (error && goOn) parts.push(gapOf(end, behind, shortReason(error)))
      for (const part of parts) {
        const joined: Gap[] = part.kind === 'gap' ? mergeGaps(gap ? [gap, part] : [part]) : []
        if (gap && joined.length !== 1) yield gap
        gap = joined.at(-1)
        if (part.kind === 'bytes') {
          seen(part.bytes)
          yield part
        }
      }
      if (error && !goOn) {
        if (gap) yield gap
        throw tellOfPlace(error, stretch.place, stretch)
      }
    }
    if (gap) yield gap
  } finally {
    stop.abort()
    await next
  }
}

interface Chunk {
  /** What was read, and with `keepGoing` what nothing answered. */
  parts: (Piece | Gap)[]
  /** Where they end; before the chunk's own end when there is an error. */
  end: number
  error?: PhysmemError
}

/** What one program reads. */
interface Planned {
  offset: number
  /** Elements. */
  count: number
  width: Width
  program: Program
  buffer: Uint8Array
  /** The one behind it, which comes next where nothing fails. */
  ahead?: Planned
}

/** One whose bytes are in use, one that is being read, and one that may be begun ahead. */
const BUFFERS = 3

/** The chunks of a stretch, which use a few buffers in turn. */
class Chunks {
  readonly #stretch: Stretch
  readonly #options: StreamOptions
  readonly #buffers: readonly Uint8Array[]
  #turn = 0
  #last: Planned | undefined

  constructor(stretch: Stretch, options: StreamOptions) {
    const bytes = bufferBytes(stretch, options)
    this.#stretch = stretch
    this.#options = options
    this.#buffers = Array.from({ length: BUFFERS }, () => new Uint8Array(bytes))
  }

  /** The one from there on, which is read next. */
  at(offset: number): Planned {
    const known = this.#last?.ahead
    const chunk = known?.offset === offset ? known : this.#plan(offset, this.#turn)
    const end = endOfChunk(this.#stretch, offset, this.#options.width)
    this.#turn++
    if (end < this.#stretch.length) chunk.ahead = this.#plan(end, this.#turn)
    this.#last = chunk
    return chunk
  }

  #plan(offset: number, turn: number): Planned {
    const { memory, fixed } = this.#stretch
    const { width, keepGoing } = this.#options
    const address = addressIn(this.#stretch, offset)
    const count = ((endOfChunk(this.#stretch, offset, width) - offset) * 8) / width
    const stepping = fixed ? 'fixed' : 'increment'
    const onFault = keepGoing ? 'skip' : 'stop'
    const step = { op: 'readBlock', address, width, count, stepping, onFault } as const
    const program = new Program([step], memory.misalignment)
    const buffer = this.#buffers[turn % BUFFERS] as Uint8Array
    return { offset, count, width, program, buffer }
  }
}

/** Room for the elements of a chunk, and for the reasons of those that fail. */
function bufferBytes({ length }: Stretch, { width, keepGoing }: StreamOptions): number {
  const bytes = Math.min(length, CHUNK_BYTES)
  const bits = keepGoing ? bytes / (width / 8) : 0
  return Math.ceil(bytes / 8) * 8 + Math.ceil(bits / 64) * 8
}

/** Never rejects with a PhysmemError, so that it may be left alone for a while. */
async function readChunk(
  { memory }: Stretch,
  { offset, count, width, program, buffer, ahead }: Planned,
  signal: AbortSignal,
): Promise<Chunk> {
  const partsOf = (results: RunResults | undefined, elements: number) => ({
    parts: results?.parts(0, elements).map((part) => placed(part, offset, width)) ?? [],
    end: offset + (elements * width) / 8,
  })
  try {
    return partsOf(await memory.run(program, { signal, buffer, ahead }), count)
  } catch (error) {
    if (!(error instanceof PhysmemError)) throw error
    const { results, data } = error
    return { ...partsOf(results, results ? (data.elementsDone ?? 0) : 0), error }
  }
}

function placed({ first, count, bytes }: BlockPart, chunk: number, width: Width): Piece | Gap {
  const offset = chunk + (first * width) / 8
  if (bytes) return { kind: 'bytes', offset, bytes }
  return gapOf(offset, offset + (count * width) / 8, REASONS.EFAULT_BUS)
}

function gapOf(offset: number, end: number, reason: string): Gap {
  return { kind: 'gap', offset, length: end - offset, reason }
}

/**
 * The next multiple of a chunk, so that the pieces of two stretches come side by side. What may be read
 * and what is known to be refused are not in one chunk, which would be refused whole.
 */
function endOfChunk(stretch: Stretch, offset: number, width: Width): number {
  const { memory, length } = stretch
  const end = Math.min(offset + CHUNK_BYTES - (offset % CHUNK_BYTES), length)
  const visible = (memory.visible ?? Number.POSITIVE_INFINITY) - addressIn(stretch, offset)
  const open = visible - (visible % (width / 8))
  return open > 0 ? Math.min(end, offset + open) : end
}

/**
 * Where it goes on: after the element that failed, or after the last one that begins in its page,
 * in a memory whose elements may cross its pages. Its page is that of the memory which failed.
 */
function endOfFailure(
  { address, length }: Stretch,
  offset: number,
  width: Width,
  { code, data }: PhysmemError,
): number {
  const size = width / 8
  const alone = code === 'EFAULT_BUS' || code === 'EFAULT_SEGV'
  const inPage = PAGE_BYTES - (Number(data.address ?? address + offset) % PAGE_BYTES)
  const bytes = data.restOfPage ?? (alone ? size : inPage)
  return Math.min(offset + Math.ceil(bytes / size) * size, length)
}

/** Whether the error says that nothing can be read there, and not that the work was stopped. */
function isAbsence(error: PhysmemError): boolean {
  return error instanceof AccessError || (error instanceof RefusedError && error.code !== 'ECLOSED')
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
