import { withProgress } from '../failure.ts'
import type { Stretch } from '../resolve.ts'
import { type Gap, mergeGaps, readStream, type StreamOptions } from '../stream.ts'
import type { Sink } from './sink.ts'

export interface PumpOptions extends StreamOptions {
  /** Bytes so far, from the start of the stretch. */
  onProgress: (bytes: number) => void
  /** All was read, or what there is before an error; the sink is not ended yet. */
  onEnd: () => void
}

/** What was missing, and why it ended before all was moved. */
export interface PumpOutcome {
  gaps: Gap[]
  error?: unknown
}

/** Moves a stretch into a sink, and ends it. */
export async function pump(
  stretch: Stretch,
  sink: Sink,
  { onProgress, onEnd, ...reading }: PumpOptions,
): Promise<PumpOutcome> {
  const gaps: Gap[] = []
  try {
    for await (const piece of readStream(stretch, reading)) {
      if (piece.kind === 'gap') {
        gaps.push(piece)
        sink.gap(piece)
      } else {
        sink.write(piece)
        onProgress(piece.offset + piece.bytes.length)
      }
    }
    onEnd()
    sink.end()
  } catch (error) {
    onEnd()
    const told = withProgress(error, sink.fate())
    try {
      sink.end(told)
    } catch {} // The first error is the one that counts.
    return { gaps: mergeGaps(gaps), error: told }
  }
  return { gaps: mergeGaps(gaps) }
}
