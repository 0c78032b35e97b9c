import type { PagedSystem } from '../linux/system.ts'
import { PAGED_SYSTEM } from '../linux/system-kinds.ts'
import { shape } from '../text/options.ts'

/** Pages read by one call: 512 KiB of entries, some ms at most. */
export const CHUNK_PAGES = 65536

/** A machine whose page tables are asked about: this one, or one far away. */
export interface Asking {
  readonly system: PagedSystem
  /** How many of `apart` may ask at one time: 1 where nothing is gained. */
  readonly atOnce: number
  /** Of how many pages one question may be at most. */
  readonly mostPages: number
  /**
   * Answers a pure question: far away it is asked again until all that it wants has come. What it opened
   * stays open for the next ones. One at a time.
   */
  ask<T>(question: () => T | Promise<T>): Promise<T>
  /** The same of many things, one after the other. */
  each<T>(question: () => Iterable<T>): AsyncIterable<T> | Iterable<T>
  /** Has what is asked from now on be read anew. What is open stays open. */
  renew(): void
  /** The same machine, to be asked beside this one. */
  apart(): Asking
  /** Closes what was opened far away; here it is closed by whoever opened it. */
  close(): Promise<void>
}

/** What is taken for one. */
export const ASKING = shape<Asking>('an Asking', {
  ...{ system: PAGED_SYSTEM, atOnce: 'number', mostPages: 'number', ask: 'function' },
  ...{ each: 'function', renew: 'function', apart: 'function', close: 'function' },
})

/** A machine whose files this process opens: it is asked once, and anew each time. */
export function askHere(system: PagedSystem): Asking {
  const asking: Asking = {
    system,
    atOnce: 1,
    mostPages: Number.MAX_SAFE_INTEGER,
    ask: async (question) => question(),
    each: (question) => question(),
    renew: () => {},
    apart: () => asking,
    close: async () => {},
  }
  return asking
}
