import type { Endian } from '../base/endian.ts'
import { AccessError } from '../base/errors.ts'
import type { Value, Width } from '../base/width.ts'
import { counted } from '../text/count.ts'
import { elementAt } from './element.ts'
import { withProgress } from './failure.ts'
import type { Input } from './files.ts'
import { CHUNK_BYTES, type Gap, type Piece } from './stream.ts'

/** An element that differs. */
export interface Difference {
  /** From the start of both. */
  offset: number
  left: Value
  right: Value
}

export interface Comparison {
  /** The first of them. */
  differences: Difference[]
  /** How many there are. */
  count: number
  /** How many bytes differ. */
  bytes: number
  /** Bytes that were compared; all of them, unless it ended at the first difference. */
  compared: number
}

export interface CompareOptions {
  width: Width
  endian?: Endian
  /** How many differences are kept. */
  max: number
  /** Ends at the first difference. */
  first?: boolean
  onProgress?: (bytes: number) => void
}

type Stream = AsyncGenerator<Piece | Gap, void, void>

/** Compares the first `length` bytes of two streams whose pieces come side by side. */
export async function compareStreams(
  left: Stream,
  right: Stream,
  length: number,
  options: CompareOptions,
): Promise<Comparison> {
  const result: Comparison = { differences: [], count: 0, bytes: 0, compared: 0 }
  try {
    for (;;) {
      const [a, b] = await nextOfBoth(left, right)
      if (a === undefined || b === undefined) return result
      // One piece is shorter when its reading failed: asking for the next gives the error.
      const common = Math.min(a.bytes.length, b.bytes.length)
      const [ours, theirs] = [a.bytes.subarray(0, common), b.bytes.subarray(0, common)]
      compareBytes(a.offset, ours, theirs, options, result)
      result.compared += common
      options.onProgress?.(result.compared)
      if (options.first && result.count > 0) return result
    }
  } catch (error) {
    throw withProgress(error, progressOf(result, length))
  } finally {
    await left.return()
    await right.return()
  }
}

function progressOf({ compared, bytes }: Comparison, length: number): string {
  const differ = bytes === 0 ? '' : `, ${bytes} of which ${bytes === 1 ? 'differs' : 'differ'}`
  return `compared ${compared} of ${counted(length, 'byte')}${differ}`
}

/** Both are always waited for: no reading is left alone when the other one fails. */
async function nextOfBoth(left: Stream, right: Stream): Promise<[Piece?, Piece?]> {
  const both = await Promise.allSettled([left.next(), right.next()])
  return both.map((one) => {
    if (one.status === 'rejected') throw one.reason
    const { value } = one.value
    if (value?.kind === 'gap') throw new Error('gaps cannot be compared')
    return value ?? undefined
  }) as [Piece?, Piece?]
}

function compareBytes(
  offset: number,
  bytes: Uint8Array,
  other: Uint8Array,
  { width, endian = 'little', max }: CompareOptions,
  result: Comparison,
): void {
  if (Buffer.compare(bytes, other) === 0) return
  const size = width / 8
  for (let at = 0; at < bytes.length; at += size) {
    let differing = 0
    for (let i = at; i < at + size; i++) if (bytes[i] !== other[i]) differing++
    if (differing === 0) continue
    result.count++
    result.bytes += differing
    if (result.differences.length >= max) continue
    const left = elementAt(bytes, at, width, endian)
    result.differences.push({
      offset: offset + at,
      left,
      right: elementAt(other, at, width, endian),
    })
  }
}

/** The first `length` bytes of a file, in pieces as `readStream` gives them. */
export async function* fileStream(input: Input, length: number): Stream {
  const buffer = new Uint8Array(Math.min(CHUNK_BYTES, length))
  for (let offset = 0; offset < length; offset += CHUNK_BYTES) {
    const bytes = buffer.subarray(0, Math.min(CHUNK_BYTES, length - offset))
    if (!(await input.fill(bytes, offset))) {
      const message = `${input.path} became shorter while it was read`
      throw new AccessError('EIO', message, { file: input.path })
    }
    yield { kind: 'bytes', offset, bytes }
  }
}
