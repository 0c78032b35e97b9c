/** The short forms of `connect()`, for programs that need one memory or one window. */
import { RequestError } from './base/errors.ts'
import type { Window } from './engine/windows/window.ts'
import { checkTarget, machineOf } from './face/connect.ts'
import { Elsewhere } from './face/elsewhere.ts'
import type { Here } from './face/local.ts'
import { memoryNamed } from './face/open-place.ts'
import { parseOpened } from './face/opened-place.ts'
import {
  joined,
  type Named,
  OPEN_OPTIONS,
  STRETCH_OPTIONS,
  type StretchOptions,
  type OpenOptions as WithoutTarget,
} from './face/options.ts'
import type { Simulated } from './face/simulated.ts'
import type { Memory } from './memory/memory.ts'
import type { SimMemory } from './memory/sim/index.ts'
import { checkOptions } from './text/options.ts'
import { clip, quote } from './text/refuse.ts'

export interface OpenOptions extends WithoutTarget {
  /** Which machine: `local` (default), `sim:`, `sim:FILE`. */
  target?: string
}

/**
 * Opens a memory. Without a place it is the physical memory of the target; on this machine each
 * address goes the first way that reaches it: for RAM /dev/physmem of the kernel module, /dev/mem, the
 * PCI BAR that holds it, or for reading RAM /proc/kcore. A place names something smaller, whose
 * addresses then count from its own start: `pci:0000:00:04.0/bar0`, `uio:edu/regs`,
 * `iomem:"HPET 0"`, `dt:serial0`, `pid:1234:0x7ffc0000`, `kernel:jiffies`, `port:0`,
 * `i2c:1:0x48`, `file:./dump.bin`. `sim:` and `sim:FILE` may be given directly, too.
 *
 * Rejects with a RequestError for a place that is malformed or does not exist, and with a
 * RefusedError that says why where the system refuses. Closing the memory releases everything.
 */
export async function open(place?: string, options: OpenOptions = {}): Promise<Memory> {
  if (typeof place !== 'string') memoryNamed(place)
  checkOptions<OpenOptions>('open', options, { ...OPEN_OPTIONS, target: 'string' })
  const { target = 'local', ...rest } = options
  if (place?.startsWith('sim:')) {
    return await nearby(boardAsTarget(place, options.target), 'open').open(undefined, rest)
  }
  memoryNamed(place, parseOpened)
  return await nearby(target, 'open').open(place, rest)
}

/** A connection would have no end here: connect() has one. */
function nearby(target: string | SimMemory, what: string): Here | Simulated {
  const machine = machineOf(target)
  if (!(machine instanceof Elsewhere)) return machine
  const { target: name } = machine
  const message = `${what} is for this machine and simulated boards: connect(${quote(clip(name))}) reaches that one`
  throw new RequestError('EUSAGE', message, { input: name })
}

/** A board that is named in place of a place. EUSAGE where there is a target besides. */
function boardAsTarget(place: string, target: string | SimMemory | undefined): string {
  checkTarget(target)
  if (target === undefined || target === place) return place
  const message = `${clip(place)} is a target, but another one is given: leave out one of them`
  throw new RequestError('EUSAGE', message, { input: place })
}

/** How a stretch of memory is mapped as a window. */
export interface WindowOptions extends StretchOptions {
  /**
   * Which machine: `local` (default); `sim:` or `sim:FILE`, a simulated board that has just been
   * switched on; or such a board that `openSim` of physmem/sim has opened, to see it from inside, too.
   */
  target?: string | SimMemory
}

/** Names what is mapped: by a `place`, or by the `address` and `length` of physical memory. */
export type MapWindowOptions = WindowOptions & Named

const WINDOW_OPTIONS = { ...STRETCH_OPTIONS, target: 'target' } as const

/**
 * Maps a stretch of this machine's memory as a Window with synchronous accessors, which is closed
 * with `close()` or `using`. What is mapped is a place, `pci:0000:00:04.0/bar0`,
 * `uio:edu/regs+0x100`, `dt:serial0`, `file:…`; or physical memory, by the first way that takes all of
 * the window: those of `open()`, except for /proc/kcore; or, as `sim:` or `sim:FILE`, a simulated
 * board.
 *
 *     await mapWindow('pci:0000:00:04.0/bar0')
 *     await mapWindow({ address: 0xfed0_0000, length: 0x400 })
 *
 * Rejects as `open` does, with ERANGE for a stretch that does not exist, and with EUSAGE when it is not
 * said what is to be mapped. Only Linux can (EPLATFORM elsewhere), except for simulated boards.
 */
export function mapWindow(place: string, options?: WindowOptions): Promise<Window>
export function mapWindow(options: MapWindowOptions): Promise<Window>
export async function mapWindow(
  what: string | MapWindowOptions,
  more: WindowOptions = {},
): Promise<Window> {
  const options = joined<WindowOptions>('mapWindow', what, more, WINDOW_OPTIONS)
  const { place, target, ...rest } = options
  if (place?.startsWith('sim:')) {
    return await nearby(boardAsTarget(place, target), 'mapWindow').mapStretch('mapWindow', rest)
  }
  const machine = nearby(target ?? 'local', 'mapWindow')
  if (place !== undefined) parseOpened(place)
  return await machine.mapStretch('mapWindow', { ...rest, place })
}
