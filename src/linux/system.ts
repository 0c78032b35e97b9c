import type { Files } from './files.ts'

/** A machine as questions see it: what they answer by depends on nothing else. */
export interface System {
  readonly files: Files
  /** As Node names it: `x64`, `arm64`. */
  readonly cpu: string
  /** Bytes of a page. */
  readonly pageSize: number
}

/** The machine of this process, for those who open its nodes, too: its facts are read anew each time. */
export interface LocalSystem extends System {
  /** Whether it is this machine itself, and not a folder that stands for its `/`. */
  readonly isHere: boolean
  /** Where an absolute path of the machine is for this process. */
  at(path: string): string
  /** The machine at this moment, for one question: each of its facts is read once. */
  now(): LocalSystem
}
