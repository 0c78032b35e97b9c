import type { LocalSystem } from '../linux/system.ts'
import type { Attempts } from './attempts.ts'
import type { Finding } from './finding.ts'
import type { NoProbe, Probe } from './own-page.ts'

/** What each check has at hand. */
export interface Examination {
  readonly system: LocalSystem
  readonly attempts: Attempts
  readonly probe: Probe | NoProbe
  /** Whether the page of our own may be written through physical memory. */
  readonly selfTest: boolean
}

/** Looks at one thing, and may look at what others found. */
export type Check = (at: Examination, found: readonly Finding[]) => Finding[] | Promise<Finding[]>
