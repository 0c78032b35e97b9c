import type { System } from '../linux/system.ts'
import type { Attempts } from './attempts.ts'
import type { Finding } from './finding.ts'
import type { NoProbe, Probe } from './own-page.ts'

/** The machine, wherever it is. */
export interface ExaminedSystem extends System {
  /** The machine at this moment, for one question. */
  now(): System
}

/** What each check has at hand. */
export interface Examination {
  readonly system: ExaminedSystem
  readonly attempts: Attempts
  readonly probe: Probe | NoProbe
  /** Whether the page of our own may be written through physical memory. */
  readonly selfTest: boolean
}

/** Looks at one thing, and may look at what others found. */
export type Check = (at: Examination, found: readonly Finding[]) => Finding[] | Promise<Finding[]>
