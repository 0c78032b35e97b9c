import type { PhysmemError } from '../../base/errors.ts'
import type { MapSource } from '../../engine/source.ts'
import type { Memory } from '../../memory/memory.ts'
import type { Choice } from './choice.ts'

/** A stretch of physical memory that one way reaches. */
export interface Stretch {
  way: Way
  memory: Memory
  /** The physical address that is address 0 of the memory. */
  base: number
  /** First physical address, and the first one after. */
  start: number
  end: number
  /** What this way cannot tell, for those who want to know. */
  note?: string | undefined
  /** Opens it once more, for a window of its own; absent where nothing is mapped. */
  source?(): MapSource
}

/** A stretch that was chosen for an address, and why: what the ways before said of it. */
export interface Chosen {
  stretch: Stretch
  reason: string
}

/** The same in words. */
export function describeChoice(address: number, { stretch, reason }: Chosen): Choice {
  const notes = stretch.note === undefined ? [] : [stretch.note]
  const all = [...(reason === '' ? [] : [reason]), ...notes].join('; ')
  return { address, way: stretch.memory.name, reason: all }
}

/** One way to physical memory. */
export interface Way {
  /** Whether it maps, and so can write, and can do something to the cache. */
  readonly maps: boolean
  /**
   * The stretch that holds the address, opened when first needed; `undefined` when this way has no
   * such address. Nothing is accessed. Rejects with a PhysmemError when it cannot be opened.
   * `refusals` are what the ways before it said of the address.
   */
  find(address: number, refusals: readonly PhysmemError[]): Promise<Stretch | undefined>
  close(): Promise<void>
}
