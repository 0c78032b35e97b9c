import { checkNotStopped } from '../../memory/failure.ts'
import type { Program } from '../../memory/program.ts'
import { RunQueue } from '../../memory/queue.ts'
import type { Results } from '../../memory/results.ts'
import type { RunOptions } from '../../memory/run-options.ts'
import type { SampleOptions, SamplingEnd, TakeSamples } from '../../memory/sampling.ts'
import type { Choice, NotifyChoice } from './choice.ts'
import { type Chooser, type Refused, Routing } from './routing.ts'
import { type Chosen, describeChoice, type Way } from './way.ts'

/**
 * Runs programs over several ways to physical memory. Runs never overlap. What is known stays
 * known: a stretch that one way had to serve is served by it from then on.
 */
export class Router implements Chooser {
  readonly name: string
  readonly ways: readonly Way[]
  readonly known: Chosen[] = []
  readonly #notify: NotifyChoice | undefined
  readonly #told = new Set<string>()
  readonly #queue = new RunQueue()

  constructor(name: string, ways: readonly Way[], notify: NotifyChoice | undefined) {
    this.name = name
    this.ways = ways
    this.#notify = notify
  }

  /** `refused`: how a run of the same program by the first way ended, which goes on here. */
  run(program: Program, options: RunOptions, refused?: Refused): Promise<Results> {
    const { signal } = options
    if (refused) return this.#queue.add(() => new Routing(this, program, options).run(refused))
    return this.#queue.add(async () => {
      checkNotStopped(this.name, program, signal)
      return await new Routing(this, program, options).run()
    }, signal)
  }

  /** Returns which way each of the program's addresses will go. */
  prepare(program: Program): Promise<Choice[]> {
    return this.#queue.add(() => new Routing(this, program, {}).prepare())
  }

  /** Samples where one way reaches all of the program. Rejects with EUSAGE where none does. */
  async sample(program: Program, options: SampleOptions, take: TakeSamples): Promise<SamplingEnd> {
    const { signal } = options
    const find = () => new Routing(this, program, {}).sampler()
    const sample = await this.#queue.add(find, signal)
    return await sample(options, take)
  }

  tell(address: number, chosen: Chosen): void {
    const { stretch } = chosen
    const key = `${stretch.memory.name} ${stretch.start}`
    if (this.#notify === undefined || this.#told.has(key)) return
    this.#told.add(key)
    this.#notify(describeChoice(address, chosen))
  }

  async close(): Promise<void> {
    await this.#queue.idle()
    for (const way of this.ways) await way.close()
  }
}
