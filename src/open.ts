import { RequestError } from './errors.ts'
import type { Notify } from './machine/found.ts'
import { Machine, openWindow } from './machine/machine.ts'
import { isMapped } from './machine/resolve/mapped.ts'
import type { AccessPath } from './memory/local/map-window.ts'
import type { Mode } from './memory/local/source.ts'
import type { Window } from './memory/local/window.ts'
import type { Memory } from './memory/memory.ts'
import type { SimMemory } from './memory/sim/index.ts'
import { formatPlace, parsePlace } from './place/place.ts'
import type { Place } from './place/schemes/index.ts'
import { onSimulatedBoard, parseTarget } from './place/target.ts'

export interface OpenOptions {
  /** `read` needs fewer rights and refuses every write. Default `write`, which also reads. */
  mode?: Mode
  /** Which machine: `local` (default), `sim:`, `sim:FILE`. */
  target?: string
  /** Allows blocks over ranges of I/O ports, which act on the devices behind them. Default `false`. */
  actOnPorts?: boolean
  /** Told by which way addresses are reached, where there is a choice; one line for each way. */
  notify?: Notify
}

/**
 * Opens a memory. Without a place it is the physical memory of the target; on this machine each
 * address goes the first way that reaches it: for RAM /dev/physmem of the kernel module, /dev/mem, the
 * PCI BAR that holds it, or for reading RAM /proc/kcore. A place names something smaller, whose
 * addresses then count from its own start: `pci:0000:00:04.0/bar0`, `uio:edu/regs`,
 * `iomem:"HPET 0"`, `dt:serial0`, `pid:1234:0x7ffc0000`, `kernel:jiffies`, `port:0`,
 * `file:./dump.bin`. `sim:` and `sim:FILE` may be given directly, too.
 *
 * Rejects with a RequestError for a place that is malformed or does not exist, and with a
 * RefusedError that says why where the system refuses. Closing the memory releases everything.
 */
export async function open(place = '', options: OpenOptions = {}): Promise<Memory> {
  const { mode = 'write', target = 'local', actOnPorts = false, notify } = options
  if (place.startsWith('sim:')) return open('', { ...options, target: place })
  const parsed = parsePlace(place === '' ? '0' : place)
  if (place !== '' && (parsed.scheme === 'address' || hasOffset(parsed))) {
    throw new RequestError(
      'EUSAGE',
      `${place} is an address in a memory, not a memory: open without it, and give the address to read or write`,
      { input: place },
    )
  }
  const machine = new Machine(target, mode, { actOnPorts, ...(notify ? { notify } : {}) })
  const { memory, address, length } = await machine.locate(parsed)
  if (parsed.scheme === 'address' || isMapped(parsed)) return memory
  const { MemoryView } = await import('./memory/view.ts')
  const close = () => machine.close()
  return new MemoryView(memory, { name: formatPlace(parsed), base: address, length, close })
}

/** A port's number is its offset, and all ports are one memory. */
function hasOffset({ scheme, offset }: Place): boolean {
  return offset !== 0 && scheme !== 'port'
}

export interface MapWindowOptions {
  /** First address of the window: physical, or an offset where `place` is given. Default 0. */
  address?: number
  /** Length in bytes. */
  length: number
  /**
   * What to map: `pci:0000:00:04.0/bar0`, `uio:edu/regs+0x100`, `dt:serial0`, `file:…`. Default: physical
   * memory, by the first way that takes all of the window: those of `open()`, but for /proc/kcore.
   */
  place?: string
  /**
   * Which machine: `local` (default); `sim:` or `sim:FILE`, a simulated board that has just been
   * switched on; or such a board that `openSim` of physmem/sim has opened, to see it from inside, too.
   */
  target?: string | SimMemory
  /** `read` maps read-only. Default `write`, which also reads. */
  mode?: Mode
  /** How single accesses are made. Default `auto`. */
  access?: AccessPath
}

/**
 * Maps a stretch of this machine's memory as a Window with synchronous accessors, which is closed
 * with `close()` or `using`. Rejects as `open` does, and with ERANGE for a stretch that does not
 * exist. Only Linux can (EPLATFORM elsewhere), but for simulated boards.
 */
export async function mapWindow(options: MapWindowOptions): Promise<Window> {
  const { address = 0, length, place = '0', mode = 'write', access = 'auto' } = options
  const board = await boardOf(options.target ?? 'local')
  if (board !== undefined) {
    const { offset } = onSimulatedBoard(parsePlace(place))
    const { mapSimulated } = await import('./machine/sim-window.ts')
    return mapSimulated(board, { address: offset + address, length, access }, mode)
  }
  return openWindow(parsePlace(place), { address, length, access }, mode)
}

/** The simulated board that a target is; `undefined` for this machine. */
async function boardOf(target: string | SimMemory): Promise<SimMemory | undefined> {
  if (typeof target !== 'string') return target
  const parsed = parseTarget(target)
  if (parsed.kind === 'local') return undefined
  const { openSim } = await import('./memory/sim/index.ts')
  return openSim(parsed.board)
}
