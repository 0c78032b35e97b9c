import type { Files } from './files.ts'

/** CPUs by the names that Node has for them. */
export type Cpu = NodeJS.Architecture

/** A machine as questions see it: pure, repeatable, at one moment. */
export interface System {
  files: Files
  cpu: Cpu
  /** Bytes of a page. */
  pageSize: number
}
