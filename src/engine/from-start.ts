import { checkNotStopped, closedError } from '../memory/failure.ts'
import { Memory } from '../memory/memory.ts'
import { checkProgram, checkRun } from '../memory/options.ts'
import type { Program } from '../memory/program.ts'
import { RunQueue } from '../memory/queue.ts'
import type { Results } from '../memory/results.ts'
import type { RunOptions } from '../memory/run-options.ts'
import type { SampleOptions, SamplingEnd, TakeSamples } from '../memory/sampling.ts'
import { loadAddon } from './addon.ts'
import { MappedMemory } from './mapped.ts'
import type { MapSource } from './source.ts'

/** The memory of a source, by how it may be mapped. Takes the source over. */
export function memoryOf(source: MapSource): Memory {
  const grows = source.wholeOnly === true && source.length === undefined
  return grows ? new FromStartMemory(source) : new MappedMemory(source)
}

/**
 * A device of unknown length that is mapped from its start only: as far as the programs so far
 * reached, and anew when one reaches further. Runs never overlap.
 */
class FromStartMemory extends Memory {
  readonly name: string
  readonly length = undefined
  readonly #source: MapSource
  readonly #queue = new RunQueue()
  #mapped: MappedMemory | undefined
  #closed = false

  constructor(source: MapSource) {
    super()
    this.name = source.name
    this.#source = source
  }

  run(program: Program, options: RunOptions = {}): Promise<Results> {
    checkRun(program, options)
    const { signal } = options
    return this.#with(program, (memory) => memory.run(program, options), signal)
  }

  override prepare(program: Program): Promise<void> {
    return this.#with(program, (memory) => memory.prepare(program))
  }

  /** @internal */
  override async sample(
    program: Program,
    options: SampleOptions,
    take: TakeSamples,
  ): Promise<SamplingEnd> {
    checkProgram(program)
    return this.#with(program, (memory) => memory.sample(program, options, take))
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#queue.idle()
    await this.#mapped?.close()
    this.#source.close()
  }

  async #with<T>(
    program: Program,
    act: (memory: Memory) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    if (this.#closed) throw closedError(this.name)
    return await this.#queue.add(async () => {
      checkNotStopped(this.name, program, signal)
      return await act(await this.#reaching(program))
    }, signal)
  }

  /** What is mapped so far, or a longer mapping: whole pages, since nothing less can be. */
  async #reaching(program: Program): Promise<Memory> {
    const before = this.#mapped
    if (before?.length !== undefined && program.end <= before.length) return before
    const { pageSize } = loadAddon()
    const length = Math.max(1, Math.ceil(program.end / pageSize)) * pageSize
    const close = () => {} // The descriptor stays open until this memory is closed.
    const longer = new MappedMemory({ ...this.#source, length, close })
    try {
      await longer.prepare(program)
    } catch (error) {
      await longer.close()
      throw error
    }
    this.#mapped = longer
    await before?.close()
    return longer
  }
}
