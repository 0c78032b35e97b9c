import type { Value } from '../base/width.ts'
import type { ElementReport } from './element.ts'

/** One line of `physmem watch --json`: an element when it is first seen, and each change. */
export interface WatchDocument extends ElementReport {
  /** ISO 8601, with milliseconds. */
  time: string
  /** What was asked for of it, the bits or the whole, in the look before; absent in the first one. */
  old?: Value
}
