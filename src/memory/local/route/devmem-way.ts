import type { PhysmemError } from '../../../errors.ts'
import type { Memory } from '../../memory.ts'
import type { Stretch, Way } from './way.ts'

/** /dev/mem, which was opened already or refused; whether it has an address only mapping tells. */
export class DevMemWay implements Way {
  readonly maps = true
  readonly #opened: Memory | PhysmemError

  constructor(opened: Memory | PhysmemError) {
    this.#opened = opened
  }

  async find(): Promise<Stretch> {
    if (this.#opened instanceof Error) throw this.#opened
    const end = Number.POSITIVE_INFINITY
    return { way: this, memory: this.#opened, base: 0, start: 0, end }
  }

  /** It is its owner's. */
  async close(): Promise<void> {}
}
