import type { ElementReport } from './element.ts'

/** `devmem` in `physmem batch --json`. */
export interface DevmemDocument {
  /** The one access: what was read, or what was written. */
  results: ElementReport[]
}
