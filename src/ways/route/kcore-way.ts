import { PhysmemError } from '../../base/errors.ts'
import type { FileOpener } from '../../engine/access-file.ts'
import { addressesHidden, isSystemRam, readIomem, resourcesAt } from '../../linux/iomem.ts'
import { type KcoreMemory, openKcore } from '../kcore.ts'
import type { Stretch, Way } from './way.ts'

/** RAM, for reading, by /proc/kcore. */
export class KcoreWay implements Way {
  readonly maps = false
  readonly #opener: FileOpener
  readonly #stretches = new Map<number, Stretch>()
  #opened: Promise<KcoreMemory | PhysmemError> | undefined

  constructor(opener: FileOpener) {
    this.#opener = opener
  }

  async find(address: number): Promise<Stretch | undefined> {
    this.#opened ??= this.#open()
    const memory = await this.#opened
    if (memory instanceof PhysmemError) {
      if (await this.#isOtherThanRam(address)) return undefined
      throw memory
    }
    const ram = memory.stretchAt(address)
    if (ram === undefined) return undefined
    const stretch = { way: this, memory, base: 0, ...ram, note: memory.note }
    if (!this.#stretches.has(ram.start)) this.#stretches.set(ram.start, stretch)
    return this.#stretches.get(ram.start)
  }

  async close(): Promise<void> {
    const opened = await this.#opened
    if (opened && !(opened instanceof PhysmemError)) await opened.close()
  }

  async #open(): Promise<KcoreMemory | PhysmemError> {
    try {
      return await openKcore(this.#opener)
    } catch (error) {
      if (error instanceof PhysmemError) return error
      throw error
    }
  }

  /** Whether it is known that /proc/kcore would not have it, could it be opened. */
  #isOtherThanRam(address: number): Promise<boolean> {
    return this.#opener.look(({ files }) => {
      const all = readIomem(files)
      if (all.length === 0 || addressesHidden(all)) return false
      return !resourcesAt(all, address).some(({ name }) => isSystemRam(name))
    })
  }
}
