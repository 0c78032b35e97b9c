import { RequestError } from './base/errors.ts'
import { MODES, type Mode } from './engine/source.ts'
import type { AccessPath } from './engine/windows/map-window.ts'
import type { Window } from './engine/windows/window.ts'
import { connect } from './machine/connect.ts'
import type { Notify } from './machine/found.ts'
import { isMapped } from './machine/local/resolve/mapped.ts'
import { mapPlace } from './machine/local/window.ts'
import { parseOpened } from './machine/opened-place.ts'
import type { Memory } from './memory/memory.ts'
import type { SimMemory } from './memory/sim/index.ts'
import { formatPlace } from './place/place.ts'
import type { Place } from './place/schemes/index.ts'
import { onSimulatedBoard, parseTarget } from './place/target.ts'
import { checkKind, checkOptions, type OptionKinds, shape, shown } from './text/options.ts'
import { clip } from './text/refuse.ts'

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

const OPEN_OPTIONS: OptionKinds<OpenOptions> = {
  mode: MODES,
  target: 'string',
  actOnPorts: 'boolean',
  notify: 'function',
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
export async function open(place?: string, options: OpenOptions = {}): Promise<Memory> {
  if (place !== undefined) checkKind('place', place, 'string')
  checkOptions('open', options, OPEN_OPTIONS)
  const { mode = 'write', target = 'local', actOnPorts = false, notify } = options
  if (place === '') {
    const message = 'place: "" names nothing: leave it out for all of the memory of the target'
    throw new RequestError('EUSAGE', message, { input: place })
  }
  if (place?.startsWith('sim:')) {
    return await open(undefined, { ...options, target: boardAsTarget(place, options.target) })
  }
  const parsed = parseOpened(place ?? '0')
  if (place !== undefined && (parsed.scheme === 'address' || hasOffset(parsed))) {
    throw new RequestError(
      'EUSAGE',
      `${clip(place)} is an address in a memory, not a memory: open without it, and give the address to read or write`,
      { input: place },
    )
  }
  const machine = await connect(target, { mode, actOnPorts, ...(notify ? { notify } : {}) })
  const { memory, address, length } = await machine.locate(parsed)
  if (parsed.scheme === 'address' || isMapped(parsed)) return memory
  const { MemoryView } = await import('./memory/view.ts')
  const close = () => machine.close()
  return new MemoryView(memory, { name: formatPlace(parsed), base: address, length, close })
}

/** A board that is named in place of a place. EUSAGE where there is a target besides. */
function boardAsTarget(place: string, target: string | SimMemory | undefined): string {
  checkTarget(target)
  if (target === undefined || target === place) return place
  const message = `${clip(place)} is a target, and there is another one: leave out one of them`
  throw new RequestError('EUSAGE', message, { input: place })
}

/** A port's number is its offset, and all ports are one memory. */
function hasOffset({ scheme, offset }: Place): boolean {
  return offset !== 0 && scheme !== 'port'
}

/** How a stretch of memory is mapped as a window. */
export interface WindowOptions {
  /** First address of the window: physical, or an offset in the place. */
  address?: number
  /** Length in bytes. Default: to the end of the place, where that has one. */
  length?: number
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

/** Names what is mapped: by a `place`, or by the `address` and `length` of physical memory. */
export type MapWindowOptions = WindowOptions &
  ({ place: string } | { place?: undefined; address: number; length: number })

const WINDOW_OPTIONS: OptionKinds<WindowOptions & { place: string }> = {
  address: 'number',
  length: 'number',
  place: 'string',
  target: 'target',
  mode: MODES,
  access: ['auto', 'typed', 'native'],
}

/**
 * Maps a stretch of this machine's memory as a Window with synchronous accessors, which is closed
 * with `close()` or `using`. What is mapped is a place, `pci:0000:00:04.0/bar0`,
 * `uio:edu/regs+0x100`, `dt:serial0`, `file:…`; or physical memory, by the first way that takes all of
 * the window: those of `open()`, but for /proc/kcore; or, as `sim:` or `sim:FILE`, a simulated board.
 *
 *     await mapWindow('pci:0000:00:04.0/bar0')
 *     await mapWindow({ address: 0xfed0_0000, length: 0x400 })
 *
 * Rejects as `open` does, with ERANGE for a stretch that does not exist, and with EUSAGE when it is not
 * said what is to be mapped. Only Linux can (EPLATFORM elsewhere), but for simulated boards.
 */
export function mapWindow(place: string, options?: WindowOptions): Promise<Window>
export function mapWindow(options: MapWindowOptions): Promise<Window>
export async function mapWindow(
  what: string | MapWindowOptions,
  more: WindowOptions = {},
): Promise<Window> {
  checkOptions('mapWindow', more, WINDOW_OPTIONS)
  const options = joined(what, more)
  checkOptions('mapWindow', options, WINDOW_OPTIONS, "{ place: 'pci:0000:00:04.0/bar0' }")
  if (options.place?.startsWith('sim:')) {
    const { place, ...rest } = options
    const target = boardAsTarget(place, rest.target)
    return await mapWindow({ ...rest, target } as MapWindowOptions)
  }
  const { place, address, length, target = 'local', mode = 'write', access = 'auto' } = options
  checkTarget(target)
  if (place === undefined && address === undefined) {
    if (typeof target !== 'string' || parseTarget(target).kind !== 'local') throw boundless()
    const message =
      "mapWindow: what is to be mapped is missing: a place such as 'pci:0000:00:04.0/bar0', or address and length"
    throw new RequestError('EUSAGE', message)
  }
  const parsed = parseOpened(place ?? '0')
  const board = await boardOf(target)
  if (board === undefined) {
    return await mapPlace(parsed, { address: address ?? 0, length, access }, mode)
  }
  const { offset } = onSimulatedBoard(parsed)
  if (length === undefined) throw boundless()
  const { mapSimulated } = await import('./machine/sim/window.ts')
  return mapSimulated(board, { address: offset + (address ?? 0), length, access }, mode)
}

/** What is to be mapped, and how, from both arguments. EUSAGE where they contradict each other. */
function joined(
  what: string | MapWindowOptions,
  more: WindowOptions & { place?: string },
): WindowOptions & { place?: string | undefined } {
  if (typeof what !== 'string') {
    if (Object.keys(more).length === 0) return what
    const message = 'mapWindow takes options once: behind a place, or with the place in them'
    throw new RequestError('EUSAGE', message)
  }
  if (more.place === undefined || more.place === what) return { ...more, place: what }
  const message = `mapWindow: ${clip(what)} and ${clip(more.place)} are two places: leave out one of them`
  throw new RequestError('EUSAGE', message, { input: more.place })
}

/** A board is no stretch: nothing says where a window on it begins or ends. */
function boundless(): RequestError {
  const message =
    'mapWindow: a window on a simulated board needs an address and a length, such as { address: 0x10000000, length: 0x20 }'
  return new RequestError('EUSAGE', message)
}

/** By its members: a bundle may hold the class twice. */
const BOARD = shape('a simulated board', {
  ...{ board: 'object', clock: 'object', name: 'string', closeWith: 'function' },
})

/** Throws EUSAGE for an object that is no board. */
function checkTarget(target: string | SimMemory | undefined): void {
  if (typeof target !== 'object' || BOARD.is(target)) return
  const expected = 'the name of a target, or a board that openSim of physmem/sim has opened'
  const message = `target: expected ${expected}, not ${shown(target)}`
  throw new RequestError('EUSAGE', message)
}

/** The simulated board that a target is; `undefined` for this machine. */
async function boardOf(target: string | SimMemory): Promise<SimMemory | undefined> {
  if (typeof target !== 'string') return target
  const parsed = parseTarget(target)
  if (parsed.kind === 'local') return undefined
  const { openSim } = await import('./memory/sim/index.ts')
  return openSim(parsed.board)
}
