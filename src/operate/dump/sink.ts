import type { Gap, Piece } from '../stream.ts'

/** Where the bytes of a dump go. Pieces and gaps come in ascending order. */
export interface Sink {
  write(piece: Piece): void
  /** A stretch that could not be read, and was passed over. */
  gap(gap: Gap): void
  /** After everything, or after what came before the error. */
  end(error?: unknown): void
  /** What became of the bytes so far, for the line after an error: `…, are in ram.bin`. */
  fate(): string
}
