import { MappedMemory } from '../../engine/mapped.ts'
import type { Mode } from '../../engine/source.ts'
import { type Bar, listPci, readBars } from '../../linux/pci.ts'
import type { LocalSystem } from '../../linux/system.ts'
import { openPciBar } from '../pci.ts'
import type { Stretch, Way } from './way.ts'

/** The memory BARs of the PCI functions, by their sysfs files. */
export class BarWay implements Way {
  readonly maps = true
  readonly #mode: Mode
  readonly #system: LocalSystem
  readonly #opened = new Map<string, Stretch>()

  constructor(mode: Mode, system: LocalSystem) {
    this.#mode = mode
    this.#system = system
  }

  async find(address: number): Promise<Stretch | undefined> {
    const found = listPci(this.#system.files).flatMap((device) => {
      const bars = readBars(device, this.#system.files).filter((one) => holds(one, address))
      return bars.map((bar) => ({ device, bar }))
    })
    // A function may lie in a BAR of another (Intel VMD): the smallest is the innermost.
    const [innermost] = found.sort((a, b) => a.bar.length - b.bar.length)
    return innermost && this.#open(innermost.device, innermost.bar)
  }

  async close(): Promise<void> {
    for (const { memory } of this.#opened.values()) await memory.close()
  }

  #open(device: string, { number, start, length }: Bar): Stretch {
    const key = `${device} ${number} ${start}`
    let stretch = this.#opened.get(key)
    if (!stretch) {
      const which = { device, bar: number, writeCombining: false }
      const source = () => openPciBar(which, this.#mode, this.#system)
      const memory = new MappedMemory(source())
      stretch = { way: this, memory, base: start, start, end: start + length, source }
      this.#opened.set(key, stretch)
    }
    return stretch
  }
}

function holds({ kind, assigned, start, length }: Bar, address: number): boolean {
  return kind === 'memory' && assigned && start <= address && address < start + length
}
