import type { Pending } from '../base/pending.ts'
import type { CacheControl } from '../engine/addon.ts'
import type { Mode } from '../engine/source.ts'
import type { System } from '../linux/system.ts'
import type { Memory } from '../memory/memory.ts'
import type { Place } from '../place/schemes/index.ts'
import type { AgentLocks } from '../remote/locks.ts'
import type { AgentSysfs } from '../remote/sysfs.ts'
import type { Trials } from '../remote/trials.ts'
import type { Asking } from '../translate/asking.ts'

/** A place, resolved: which memory, and which address in it. */
export interface Location {
  memory: Memory
  address: number
  /** Bytes from the address to the end of what was named, where that ends before the memory does. */
  length?: number | undefined
}

/**
 * A machine, wherever it is: finds its memories. Each is opened once, when a place in it is first
 * located, and all are closed together.
 */
export interface Machine extends AsyncDisposable {
  /**
   * Opens what the place is in, for `mode` or the machine's own one; what is open is there at once.
   * Nothing is accessed. Throws, or rejects, when it does not exist or is refused; with ERANGE, and before anything is opened, when there is no room
   * for `length` bytes at it.
   */
  locate(place: Place, length?: number, mode?: Mode): Pending<Location>
  /**
   * Answers a question over what the machine tells of itself, each time over fresh facts. The question
   * is a pure function, which may load what it needs: far away it is asked again whenever facts that it
   * wanted have come.
   */
  look<T>(question: (system: System) => T | Promise<T>): Promise<T>
  /** Its facts for work that asks for more and more of them. */
  facts(): Facts
  /** What a doctor may try of its nodes, where an agent does that. */
  trials?(): Trials
  /** Far away: the same with its page tables; to be closed. Those of this machine are opened here. */
  asking?(): Asking
  /** Far away: what stores in its files of sysfs. Those of this machine are opened here. */
  sysfs?(): AgentSysfs
  /** Whether the connection to it has ended, for good; absent where there is none. */
  readonly isLost?: boolean
  /** Far away: what programs may do to cache lines there, if anything. The CPU of this machine is asked here. */
  caches?(): CacheControl | undefined
  /** Far away: what takes locks there. Those of this machine are taken here. */
  locks?(): AgentLocks
  /**
   * Closes what is open on this machine, to be opened anew: a path may be another file by then, and what
   * was refused be granted. A board and a connection stay.
   */
  renew(): Promise<void>
  close(): Promise<void>
}

/**
 * What a machine tells of itself, kept for several questions. Far away only what was fetched is there: so
 * each question goes through `ask`, which repeats it until all that it wants has come.
 */
export interface Facts {
  readonly system: System
  ask<T>(question: () => Promise<T>): Promise<T>
}
