import { RequestError } from '../../base/errors.ts'
import type { Value, Width } from '../../base/width.ts'
import type { NativeWindow } from '../../engine/addon.ts'
import type { MapSource, Mode } from '../../engine/source.ts'
import { CalledWindow } from '../../engine/windows/called-window.ts'
import type { WindowStretch } from '../../engine/windows/map-window.ts'
import { checkStretch } from '../../engine/windows/stretch.ts'
import type { Window } from '../../engine/windows/window.ts'
import { FLAG, OFFSET, VALUE, windowWords } from '../../engine/windows/words.ts'
import { type Clock, pauseOverQuiet } from '../../memory/clock.ts'
import { asValue, getElement, setElement, viewOf } from '../../memory/elements.ts'
import { BusFault } from '../../memory/interpreter.ts'
import type { SimMemory } from '../../memory/sim/sim-memory.ts'

/** What the engine raises for SIGBUS: see native/guard.h. */
const BUS = 1

/**
 * A window on a simulated board, with the checks, the errors and the accesses of every window. It is
 * closed with the board.
 */
export function mapSimulated(
  memory: Pick<SimMemory, 'name' | 'board' | 'clock' | 'closeWith'>,
  { address, length, access = 'auto' }: WindowStretch,
  mode: Mode,
): Window {
  const { name, board, clock } = memory
  if (access === 'typed') {
    const message = `access: 'typed' is for memory that is mapped, but ${name} is simulated: leave it out`
    throw new RequestError('EUSAGE', message)
  }
  if (clock.blockUs === undefined) {
    const message = `a window waits in one call: the clock of ${name} needs blockUs for that`
    throw new RequestError('EUSAGE', message)
  }
  const source: MapSource = {
    ...{ name, mode, fd: -1, base: 0, length: undefined, regularFile: false },
    explain: () => ({ code: 'EREFUSED', reason: 'it is simulated' }),
    close: () => kept.forget(),
  }
  checkStretch(source, { address, length })
  const start = address % 8
  const native = new BoardAccess(board, clock, address - start)
  const kept = memory.closeWith(() => window.close())
  const window = new CalledWindow({
    ...{ source, native, flag: windowWords, address, length, start },
    has64BitAccess: true,
    fence: () => {}, // Every access of a board is complete before the next begins.
    reason: () => native.reason,
  })
  return window
}

/** The engine's side of a window, over a board. `base` is the address of offset 0. */
class BoardAccess implements NativeWindow {
  readonly #board: SimMemory['board']
  readonly #clock: Clock
  readonly #base: number
  #faultOffset = 0
  /** Why the last access failed. */
  reason: string | undefined

  constructor(board: SimMemory['board'], clock: Clock, base: number) {
    this.#board = board
    this.#clock = clock
    this.#base = base
  }

  read8 = (): void => this.#readWord(8)
  read16 = (): void => this.#readWord(16)
  read32 = (): void => this.#readWord(32)
  write8 = (): void => this.#writeWord(8)
  write16 = (): void => this.#writeWord(16)
  write32 = (): void => this.#writeWord(32)

  read64(offset: number): bigint {
    return BigInt(this.#load(offset, 64) ?? 0n)
  }

  write64(offset: number, value: bigint): void {
    this.#store(offset, 64, value)
  }

  readBlock(offset: number, bytes: number, fixed: boolean, out: Uint8Array): number {
    const [width, view] = [(bytes * 8) as Width, viewOf(out)]
    const count = out.length / bytes
    for (let done = 0; done < count; done++) {
      const value = this.#load(fixed ? offset : offset + done * bytes, width)
      if (value === undefined) return done
      setElement(view, done * bytes, width, value)
    }
    return count
  }

  writeBlock(offset: number, bytes: number, fixed: boolean, data: Uint8Array): number {
    const [width, view] = [(bytes * 8) as Width, viewOf(data)]
    const count = data.length / bytes
    for (let done = 0; done < count; done++) {
      const at = fixed ? offset : offset + done * bytes
      if (!this.#store(at, width, getElement(view, done * bytes, width))) return done
    }
    return count
  }

  wait(
    offset: number,
    bytes: number,
    mask: bigint | number,
    equals: bigint | number,
    negate: boolean,
    timeoutMs: number,
    intervalUs: number,
    cells: BigUint64Array,
  ): number {
    const clock = this.#clock
    const startUs = clock.nowUs()
    const deadlineUs = startUs + timeoutMs * 1000
    for (;;) {
      // Taken before the load, so that the last load is made when the time is over, not before.
      const nowUs = clock.nowUs()
      // Before the load, too, which may change what the next one gives.
      const pauseUs = this.#pauseUs(offset, (bytes * 8) as Width, intervalUs)
      const value = this.#load(offset, (bytes * 8) as Width)
      if (value === undefined) return 1
      cells[0] = BigInt(value)
      cells[1] = BigInt(Math.round((clock.nowUs() - startUs) * 1000))
      if (((BigInt(value) & BigInt(mask)) === BigInt(equals)) !== negate) return 0
      if (nowUs >= deadlineUs) return 2
      clock.blockUs?.(Math.min(pauseUs, deadlineUs - nowUs))
    }
  }

  /** To the next look of a wait that can see something new, as far as the board knows. */
  #pauseUs(offset: number, width: Width, intervalUs: number): number {
    if (!this.#clock.virtual) return intervalUs
    const quietUntilUs = this.#board.quietUntilUs(this.#base + offset, width)
    return pauseOverQuiet(intervalUs, this.#clock.nowUs(), quietUntilUs)
  }

  recover(): number {
    windowWords[FLAG] = 0
    return this.#faultOffset
  }

  close(): void {}

  #readWord(width: Width): void {
    windowWords[VALUE] = Number(this.#load(windowWords[OFFSET] as number, width) ?? 0)
  }

  #writeWord(width: Width): void {
    this.#store(windowWords[OFFSET] as number, width, windowWords[VALUE] as number)
  }

  #load(offset: number, width: Width): Value | undefined {
    return this.#guarded(offset, () => this.#board.load(this.#base + offset, width))
  }

  #store(offset: number, width: Width, value: Value): boolean {
    const store = () => {
      this.#board.store(this.#base + offset, width, asValue(value, width))
      return true
    }
    return this.#guarded(offset, store) === true
  }

  /** What the board faults on raises the flag, as a signal does. */
  #guarded<T>(offset: number, access: () => T): T | undefined {
    try {
      return access()
    } catch (error) {
      if (!(error instanceof BusFault)) throw error
      this.reason = error.reason
      this.#faultOffset = offset
      windowWords[FLAG] = BUS
      return undefined
    }
  }
}
