import { PhysmemError } from '../../base/errors.ts'
import { addressesHidden, isSystemRam, readIomem, resourcesAt } from '../../linux/iomem.ts'
import type { LocalSystem } from '../../linux/system.ts'
import { type KcoreMemory, openKcore } from '../kcore.ts'
import type { Stretch, Way } from './way.ts'

/** RAM, for reading, by /proc/kcore. */
export class KcoreWay implements Way {
  readonly maps = false
  readonly #system: LocalSystem
  readonly #stretches = new Map<number, Stretch>()
  #opened: KcoreMemory | PhysmemError | undefined

  constructor(system: LocalSystem) {
    this.#system = system
  }

  async find(address: number): Promise<Stretch | undefined> {
    this.#opened ??= this.#open()
    const memory = this.#opened
    if (memory instanceof PhysmemError) {
      if (this.#isOtherThanRam(address)) return undefined
      throw memory
    }
    const ram = memory.stretchAt(address)
    if (ram === undefined) return undefined
    const stretch = { way: this, memory, base: 0, ...ram, note: memory.note }
    if (!this.#stretches.has(ram.start)) this.#stretches.set(ram.start, stretch)
    return this.#stretches.get(ram.start)
  }

  async close(): Promise<void> {
    if (this.#opened && !(this.#opened instanceof PhysmemError)) await this.#opened.close()
  }

  #open(): KcoreMemory | PhysmemError {
    try {
      return openKcore(this.#system)
    } catch (error) {
      if (error instanceof PhysmemError) return error
      throw error
    }
  }

  /** Whether it is known that /proc/kcore would not have it, could it be opened. */
  #isOtherThanRam(address: number): boolean {
    const all = readIomem(this.#system.files)
    if (all.length === 0 || addressesHidden(all)) return false
    return !resourcesAt(all, address).some(({ name }) => isSystemRam(name))
  }
}
