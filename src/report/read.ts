import type { ElementReport } from './element.ts'
import type { SkippedReport } from './register.ts'

/** `physmem read --json`. */
export interface ReadDocument {
  /** In the order given; as far as it came, where it failed. */
  results: ElementReport[]
  /** Registers of a block or a pattern that were left out, since a read could have an effect. */
  skipped?: SkippedReport[]
}
