import type { PhysmemError } from '../../base/errors.ts'
import type { Memory } from '../../memory/memory.ts'
import { devMemSource } from '../devmem.ts'
import { type Opener, windowSource } from './opener.ts'
import type { Stretch, Way } from './way.ts'

/** Memory types are of pages; x86, which has them, knows none that are smaller. */
const PAGE_BYTES = 4096

/**
 * /dev/mem without O_SYNC, for the pages that x86 maps cached or not at all, since the kernel has
 * them cached: tables of the firmware. No other page goes this way: devices are mapped uncached.
 */
export class CachedWay implements Way {
  readonly maps = true
  readonly #opener: Opener
  #memory: Memory | undefined

  constructor(opener: Opener) {
    this.#opener = opener
  }

  async find(address: number, refusals: readonly PhysmemError[]): Promise<Stretch | undefined> {
    if (!refusals.some(({ code }) => code === 'EREFUSED_MEMTYPE')) return undefined
    const { mode } = this.#opener
    const source = await this.#opener.look((system) => devMemSource(mode, system, { cached: true }))
    this.#memory ??= await this.#opener.open(source)
    const start = address - (address % PAGE_BYTES)
    const stretch = { way: this, memory: this.#memory, base: 0, start, end: start + PAGE_BYTES }
    return { ...stretch, ...windowSource(this.#opener, source) }
  }

  async close(): Promise<void> {
    await this.#memory?.close()
  }
}
