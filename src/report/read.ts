import type { ElementReport } from './element.ts'

/** `physmem read --json`. */
export interface ReadDocument {
  /** In the order given; as far as it came, where it failed. */
  results: ElementReport[]
}
