import type { PhysmemError } from '../../base/errors.ts'
import type { MapSource } from '../../engine/source.ts'
import type { Memory } from '../../memory/memory.ts'
import type { Stretch, Way } from './way.ts'

/** /dev/mem, which was opened already or refused; whether it has an address only mapping tells. */
export class DevMemWay implements Way {
  readonly maps = true
  readonly #opened: Memory | PhysmemError

  readonly #source: (() => MapSource) | undefined

  /** `source` opens it once more. */
  constructor(opened: Memory | PhysmemError, source?: () => MapSource) {
    this.#opened = opened
    this.#source = source
  }

  async find(): Promise<Stretch> {
    if (this.#opened instanceof Error) throw this.#opened
    const end = Number.POSITIVE_INFINITY
    const stretch = { way: this, memory: this.#opened, base: 0, start: 0, end }
    return this.#source === undefined ? stretch : { ...stretch, source: this.#source }
  }

  /** Closed by PhysicalMemory. */
  async close(): Promise<void> {}
}
