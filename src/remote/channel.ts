/** Bytes to and from the other side, wherever it is. */
export interface Channel {
  /** How a person names the other side. */
  readonly name: string
  write(bytes: Uint8Array): void
  /** Called with what comes, from now on; what came before is not lost. */
  take(bytes: (bytes: Uint8Array) => void): void
  /** Resolves with why, in a few words, when nothing comes any more. */
  readonly ended: Promise<string>
  /** Ends the other side. Resolves when it is gone. */
  close(): Promise<void>
}
