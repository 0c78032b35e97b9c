import type { Files } from './files.ts'
import type { WordFile } from './word-file.ts'

/** A machine as questions see it: what they answer by depends on nothing else. */
export interface System {
  readonly files: Files
  /** As Node names it: `x64`, `arm64`. */
  readonly cpu: string
  /** Bytes of a page. */
  readonly pageSize: number
}

/** A machine whose page tables can be looked into. */
export interface PagedSystem extends System {
  /**
   * Whether what it tells may be missing still, so that a question is asked again: nothing that was
   * derived from it is kept.
   */
  readonly isFetched: boolean
  /** Opens a file of words, such as /proc/PID/pagemap. Throws an error whose `code` is the errno. */
  openWords(path: string): WordFile
  /** The machine at this moment, for one question: each of its facts is read once. */
  now(): System
}

/** The machine of this process, for those who open its nodes, too: its facts are read anew each time. */
export interface LocalSystem extends PagedSystem {
  /** Whether it is this machine itself, and not a folder that stands for its `/`. */
  readonly isHere: boolean
  /** Where an absolute path of the machine is for this process. */
  at(path: string): string
  now(): LocalSystem
}
