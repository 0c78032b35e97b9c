import { PhysmemError } from '../../../errors.ts'
import type { MemoryKind } from '../kmod/ioctl.ts'
import { type KmodOptions, type KmodSource, openKmod } from '../kmod.ts'
import { MappedMemory } from '../mapped.ts'
import type { Mode } from '../source.ts'
import type { Stretch, Way } from './way.ts'

interface KindStretch {
  kind: MemoryKind
  start: number
  end: number
}

interface Opened {
  source: KmodSource
  memory: MappedMemory
  /** One behind the other from address 0 on, as far as was asked. */
  stretches: KindStretch[]
}

/** /dev/physmem of the kernel module, opened once for the ways that take it. */
export class Kmod {
  readonly #mode: Mode
  readonly #root: string
  readonly #options: KmodOptions
  #opened: Opened | PhysmemError | undefined

  constructor(mode: Mode, root: string, options: KmodOptions = {}) {
    this.#mode = mode
    this.#root = root
    this.#options = options
  }

  /** What the module says of an address. Throws why it cannot be asked. */
  stretchAt(address: number): KindStretch & { memory: MappedMemory } {
    this.#opened ??= this.#open()
    if (this.#opened instanceof PhysmemError) throw this.#opened
    const { source, memory, stretches } = this.#opened
    let end = stretches.at(-1)?.end ?? 0
    const limit = source.length as number
    if (address >= limit)
      return { kind: 'none', start: limit, end: Number.POSITIVE_INFINITY, memory }
    while (end <= address) {
      const { kind, length } = source.device.rangeAt(end, limit - end)
      const start = end
      end += Math.max(1, length)
      stretches.push({ kind, start, end })
    }
    const found = stretches.find((one) => one.start <= address && address < one.end)
    return { ...(found as KindStretch), memory }
  }

  async close(): Promise<void> {
    const opened = this.#opened
    this.#opened = undefined
    if (opened && !(opened instanceof PhysmemError)) await opened.memory.close()
  }

  #open(): Opened | PhysmemError {
    try {
      const source = openKmod(this.#mode, this.#root, this.#options)
      return { source, memory: new MappedMemory(source), stretches: [] }
    } catch (error) {
      if (error instanceof PhysmemError) return error
      throw error
    }
  }
}

/** The module, for some kinds of memory: it is the best way to RAM, and the last one to devices. */
export class KmodWay implements Way {
  readonly maps = true
  readonly #kmod: Kmod
  readonly #kinds: readonly MemoryKind[]

  constructor(kmod: Kmod, kinds: readonly MemoryKind[]) {
    this.#kmod = kmod
    this.#kinds = kinds
  }

  async find(address: number): Promise<Stretch | undefined> {
    const { kind, ...stretch } = this.#kmod.stretchAt(address)
    return this.#kinds.includes(kind) ? { way: this, base: 0, ...stretch } : undefined
  }

  /** Of all ways that take it. */
  async close(): Promise<void> {
    await this.#kmod.close()
  }
}
