import { PhysmemError } from '../../base/errors.ts'
import { loadAddon } from '../../engine/addon.ts'
import { MappedMemory } from '../../engine/mapped.ts'
import type { Mode } from '../../engine/source.ts'
import type { MemoryKind } from '../../kmod/client/ioctl.ts'
import type { LocalSystem } from '../../linux/system.ts'
import { type KmodOptions, type KmodSource, openKmod } from '../kmod.ts'
import type { Stretch, Way } from './way.ts'

interface KindStretch {
  kind: MemoryKind
  /** Whether the module maps it: not what a driver has claimed, nor RAM that must not be touched. */
  maps: boolean
  start: number
  end: number
}

interface Opened {
  source: KmodSource
  memory: MappedMemory
  /** RAM that was found; of other memory the module is asked each time. */
  ram: KindStretch[]
}

/** So far the module looks in one go. */
const LOOK_BYTES = 64 * 2 ** 20

/** /dev/physmem of the kernel module, opened once for the ways that take it. */
export class Kmod {
  readonly #mode: Mode
  readonly #system: LocalSystem
  readonly #options: KmodOptions
  #opened: Opened | PhysmemError | undefined

  constructor(mode: Mode, system: LocalSystem, options: KmodOptions = {}) {
    this.#mode = mode
    this.#system = system
    this.#options = options
  }

  /** What the module says of an address. Throws why it cannot be asked. */
  stretchAt(address: number): KindStretch & { memory: MappedMemory } {
    this.#opened ??= this.#open()
    if (this.#opened instanceof PhysmemError) throw this.#opened
    const { source, memory, ram } = this.#opened
    const limit = source.length as number
    if (address >= limit)
      return { kind: 'none', maps: false, start: limit, end: Number.POSITIVE_INFINITY, memory }
    const known = ram.find(({ start, end }) => start <= address && address < end)
    if (known !== undefined) return { ...known, memory }
    const found = look(source, address, limit)
    if (found.maps && (found.kind === 'ram' || found.kind === 'reserved')) keep(ram, found)
    return { ...found, memory }
  }

  async close(): Promise<void> {
    const opened = this.#opened
    this.#opened = undefined
    if (opened && !(opened instanceof PhysmemError)) await opened.memory.close()
  }

  /** Opens it once more. */
  source(): KmodSource {
    return openKmod(this.#mode, this.#system, this.#options)
  }

  #open(): Opened | PhysmemError {
    try {
      const source = openKmod(this.#mode, this.#system, this.#options)
      const ram: KindStretch[] = []
      const explain = (errno: string, address: number) => {
        forget(ram, address)
        return source.explain(errno, address)
      }
      return { source, memory: new MappedMemory({ ...source, explain }), ram }
    } catch (error) {
      if (error instanceof PhysmemError) return error
      throw error
    }
  }
}

/** What is around an address, from its page on: a range may begin inside of a page. */
function look({ device }: KmodSource, address: number, limit: number): KindStretch {
  let start = address - (address % loadAddon().pageSize)
  for (;;) {
    const range = device.rangeAt(start, Math.min(limit - start, LOOK_BYTES))
    const end = start + Math.max(1, range.length)
    const maps = !range.busy && !range.unusable
    if (address < end) return { kind: range.kind, maps, start, end }
    start = end
  }
}

/** What goes on where a stretch ended is the same one. */
function keep(ram: KindStretch[], found: KindStretch): void {
  const before = ram.find(({ kind, end }) => kind === found.kind && end === found.start)
  if (before === undefined) ram.push({ ...found })
  else before.end = found.end
}

/** A mapping there was refused: it may be RAM no longer. */
function forget(ram: KindStretch[], address: number): void {
  const at = ram.findIndex(({ start, end }) => start <= address && address < end)
  if (at >= 0) ram.splice(at, 1)
}

/**
 * The module, for some kinds of memory: it is the best way to RAM, and the last one to devices. What
 * a driver has claimed, whatever its kind, and RAM that must not be touched are left to ways that say
 * why.
 */
export class KmodWay implements Way {
  readonly maps = true
  readonly #kmod: Kmod
  readonly #kinds: readonly MemoryKind[]

  constructor(kmod: Kmod, kinds: readonly MemoryKind[]) {
    this.#kmod = kmod
    this.#kinds = kinds
  }

  async find(address: number): Promise<Stretch | undefined> {
    const { kind, maps, ...stretch } = this.#kmod.stretchAt(address)
    if (!this.#kinds.includes(kind) || !maps) return undefined
    return { way: this, base: 0, ...stretch, source: () => this.#kmod.source() }
  }

  /** Of all ways that take it. */
  async close(): Promise<void> {
    await this.#kmod.close()
  }
}
