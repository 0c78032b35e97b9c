import { checkKind, checkOptions, type OptionKinds, shape } from '../../text/options.ts'
import { type Clock, systemClock } from '../clock.ts'
import { closedError } from '../failure.ts'
import { type Bus, interpret } from '../interpreter.ts'
import { Memory } from '../memory.ts'
import { checkRun } from '../options.ts'
import type { Program } from '../program.ts'
import { RunQueue } from '../queue.ts'
import type { Results } from '../results.ts'
import type { RunOptions } from '../run-options.ts'
import {
  type SampleOptions,
  type SamplingEnd,
  sampleByRuns,
  type TakeSamples,
} from '../sampling.ts'
import { Board, type BoardOptions } from './board.ts'
import { foresee } from './foresee.ts'
import type { BoardDescription } from './schema.ts'

export interface SimOptions extends BoardOptions {
  /** Where time comes from. Default: this machine's; a `VirtualClock` makes tests fast. */
  clock?: Clock
  /** How messages call the memory. Default: `sim:` and the board's name. */
  name?: string
}

const OPTIONS: OptionKinds<SimOptions> = {
  record: 'boolean',
  onPrint: 'function',
  clock: shape<Clock>('a clock, such as systemClock', { nowUs: 'function', sleepUs: 'function' }),
  name: 'string',
}

/** Throws EUSAGE for what is not an option of a board. */
export function checkSimOptions(options: SimOptions): void {
  checkOptions('a simulated board', options, OPTIONS)
}

const DESCRIPTION = shape<BoardDescription>(
  'what parseBoard makes of a text such as defaultBoard',
  {
    name: 'string',
    regions: 'object',
  },
)

/**
 * A board that exists only in this process, with registers that behave: for learning, for
 * documents and for tests. Works on every operating system. Accesses to addresses where nothing
 * answers fail with EFAULT_BUS.
 */
export class SimMemory extends Memory {
  readonly name: string
  /** The board does not end anywhere: it has holes instead. */
  readonly length = undefined
  /** What only the simulation knows: registers seen from inside, consoles, the log of accesses. */
  readonly board: Board
  /** Where its time comes from. */
  readonly clock: Clock
  readonly #bus: Bus
  readonly #queue = new RunQueue()
  /** What is closed with it. */
  readonly #windows = new Set<() => void>()
  #closed = false

  constructor(description: BoardDescription, options: SimOptions = {}) {
    super()
    checkKind('description', description, DESCRIPTION)
    checkSimOptions(options)
    const { clock = systemClock, name = `sim:${description.name}`, ...boardOptions } = options
    const board = new Board(description, clock, boardOptions)
    this.name = name
    this.board = board
    this.clock = clock
    this.#bus = {
      name,
      load: (address, width) => board.load(address, width),
      store: (address, width, value) => board.store(address, width, value),
      nowUs: () => clock.nowUs(),
      sleepUs: (us, signal) => clock.sleepUs(us, signal),
    }
    if (clock.virtual) {
      this.#bus.quietUntilUs = (address, width) => board.quietUntilUs(address, width)
    }
  }

  async run(program: Program, options: RunOptions = {}): Promise<Results> {
    checkRun(program, options)
    if (this.#closed) throw closedError(this.name)
    return await this.#queue.add(() => interpret(program, this.#bus, options), options.signal)
  }

  override async foresee(program: Program): Promise<void> {
    await this.prepare(program)
    foresee(program, this.name, this.board)
  }

  /** @internal */
  override sample(
    program: Program,
    options: SampleOptions,
    take: TakeSamples,
  ): Promise<SamplingEnd> {
    return sampleByRuns(this, program, options, take, this.clock)
  }

  /** Closes its windows, and resolves when the programs that were accepted before have ended. */
  async close(): Promise<void> {
    this.#closed = true
    for (const close of this.#windows) close()
    await this.#queue.idle()
  }

  /** Has a window closed with the board, until `forget` is called. ECLOSED when the board is closed. */
  closeWith(window: () => void): { forget(): void } {
    checkKind('window', window, 'function')
    if (this.#closed) throw closedError(this.name)
    this.#windows.add(window)
    return { forget: () => this.#windows.delete(window) }
  }
}
