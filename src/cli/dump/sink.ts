import type { Gap, Piece } from '../access/stream.ts'

/** Where the bytes of a dump go. Pieces and gaps come in rising order. */
export interface Sink {
  write(piece: Piece): Promise<void> | void
  /** A stretch that could not be read, and was passed over. */
  gap(gap: Gap): Promise<void> | void
  /** After everything, or after what came before the error. */
  end(error?: unknown): Promise<void> | void
  /** What became of the bytes so far, for the line behind an error: `…, are in ram.bin`. */
  fate(): string
}
