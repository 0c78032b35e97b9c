import type { PhysmemError } from '../../base/errors.ts'
import { MappedMemory } from '../../engine/mapped.ts'
import type { Mode } from '../../engine/source.ts'
import type { LocalSystem } from '../../linux/system.ts'
import { openDevMem } from '../devmem.ts'
import type { Stretch, Way } from './way.ts'

/** Memory types are of pages; x86, which has them, knows none that are smaller. */
const PAGE_BYTES = 4096

/**
 * /dev/mem without O_SYNC, for the pages that x86 maps cached or not at all, since the kernel has
 * them cached: tables of the firmware. No other page goes this way: devices are mapped uncached.
 */
export class CachedWay implements Way {
  readonly maps = true
  readonly #mode: Mode
  readonly #system: LocalSystem
  #memory: MappedMemory | undefined

  constructor(mode: Mode, system: LocalSystem) {
    this.#mode = mode
    this.#system = system
  }

  async find(address: number, refusals: readonly PhysmemError[]): Promise<Stretch | undefined> {
    if (!refusals.some(({ code }) => code === 'EREFUSED_MEMTYPE')) return undefined
    const source = () => openDevMem(this.#mode, this.#system, { cached: true })
    this.#memory ??= new MappedMemory(source())
    const start = address - (address % PAGE_BYTES)
    return { way: this, memory: this.#memory, base: 0, start, end: start + PAGE_BYTES, source }
  }

  async close(): Promise<void> {
    await this.#memory?.close()
  }
}
