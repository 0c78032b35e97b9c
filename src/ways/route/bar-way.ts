import { type Bar, listPci, readBars } from '../../linux/pci.ts'
import type { System } from '../../linux/system.ts'
import type { Memory } from '../../memory/memory.ts'
import { checkMappable, pciBarSource } from '../pci.ts'
import { type Opener, windowSource } from './opener.ts'
import type { Stretch, Way } from './way.ts'

interface FoundBar {
  device: string
  bar: Bar
}

/** The memory BARs of the PCI functions, by their sysfs files. */
export class BarWay implements Way {
  readonly maps = true
  readonly #opener: Opener
  readonly #opened = new Map<string, Promise<Stretch>>()

  constructor(opener: Opener) {
    this.#opener = opener
  }

  async find(address: number): Promise<Stretch | undefined> {
    const found = await this.#opener.look((system) => innermost(address, system))
    if (found === undefined) return undefined
    const { number, start } = found.bar
    const key = `${found.device} ${number} ${start}`
    const opened = this.#opened.get(key) ?? this.#open(found)
    this.#opened.set(key, opened)
    // What was refused may be allowed later.
    opened.catch(() => this.#opened.delete(key))
    return await opened
  }

  async close(): Promise<void> {
    for (const opened of await Promise.allSettled(this.#opened.values())) {
      if (opened.status === 'fulfilled') await opened.value.memory.close()
    }
  }

  async #open({ device, bar: { number, start, length } }: FoundBar): Promise<Stretch> {
    const which = { device, bar: number, writeCombining: false }
    const source = await this.#opener.look((system) => {
      const described = pciBarSource(which, this.#opener.mode, system)
      checkMappable(which, system)
      return described
    })
    const memory: Memory = await this.#opener.open(source)
    const stretch = { way: this, memory, base: start, start, end: start + length }
    return { ...stretch, ...windowSource(this.#opener, source) }
  }
}

/** A function may lie in a BAR of another (Intel VMD): the smallest is the innermost. */
function innermost(address: number, { files }: System): FoundBar | undefined {
  const found = listPci(files).flatMap((device) =>
    readBars(device, files)
      .filter((bar) => holds(bar, address))
      .map((bar) => ({ device, bar })),
  )
  return found.sort((a, b) => a.bar.length - b.bar.length)[0]
}

function holds({ kind, assigned, start, length }: Bar, address: number): boolean {
  return kind === 'memory' && assigned && start <= address && address < start + length
}
