import {
  AccessError,
  ConditionError,
  PhysmemError,
  type RefusedError,
  RequestError,
} from '../../base/errors.ts'
import { smallest } from '../../base/extreme.ts'
import { retell } from '../../base/retell.ts'
import type { RunResults } from '../../base/run-results.ts'
import { isRefusedMapping } from '../../engine/refusal.ts'
import { type Failure, failureError } from '../../memory/failure.ts'
import { Gathered } from '../../memory/gathered.ts'
import type { Memory } from '../../memory/memory.ts'
import { addressAt, behind, type Cursor, type Part, partAt } from '../../memory/part.ts'
import { Program } from '../../memory/program.ts'
import type { Results } from '../../memory/results.ts'
import type { RunOptions } from '../../memory/run-options.ts'
import type { SampleOptions, SamplingEnd, TakeSamples } from '../../memory/sampling.ts'
import { isWriting, type Step } from '../../memory/step.ts'
import type { Choice } from './choice.ts'
import { combined, said } from './errors.ts'
import { IdleMemory } from './idle.ts'
import { type Chosen, describeChoice, type Stretch, type Way } from './way.ts'

/** How a program ended of which a mapping was refused. */
export type Refused = RefusedError

/** What runs share: the ways, and what is known of them. */
export interface Chooser {
  readonly name: string
  /** In the order in which they are tried. */
  readonly ways: readonly Way[]
  /** Stretches that a way before refused somewhere. */
  readonly known: Chosen[]
  /** Says once for each stretch how it is reached. */
  tell(address: number, chosen: Chosen): void
}

/** What is done next in one go: consecutive parts in the same memory. */
interface Group {
  memory: Memory
  /** Absent when nothing in it is an access. */
  stretch: Stretch | undefined
  /** What was chosen for which address, by part. */
  chosen: { part: number; address: number; choice: Chosen }[]
  parts: Part[]
  end: Cursor
}

/** No kernel protects less than this. */
const PAGE_BYTES = 4096

/** One run of one program. */
export class Routing {
  readonly #chooser: Chooser
  readonly #program: Program
  readonly #options: RunOptions
  readonly #gathered: Gathered
  /** What each way refused in this run, by page. */
  readonly #refusals = new Map<Way, Map<number, PhysmemError>>()
  #cursor: Cursor = { step: 0, element: 0 }

  constructor(chooser: Chooser, program: Program, options: RunOptions) {
    this.#chooser = chooser
    this.#program = program
    this.#options = options
    this.#gathered = new Gathered(program)
  }

  async run(refused?: Refused): Promise<Results> {
    if (refused) {
      this.#remember({ way: this.#chooser.ways[0] as Way, base: 0 }, refused)
      this.#goOn(wholeParts(this.#program), refused)
    }
    if (this.#program.needsPreparing) await this.#prepareFrom(this.#cursor)
    while (this.#cursor.step < this.#program.steps.length) {
      const group = await this.#next(this.#cursor)
      const results = await this.#runGroup(group)
      if (results) return results
    }
    return this.#gathered.results(this.#cursor.step)
  }

  /** Returns which way each of its addresses will go. */
  prepare(): Promise<Choice[]> {
    return this.#prepareFrom(this.#cursor)
  }

  /** What samples the program, by the one way to all of it. Rejects with EUSAGE where there are several. */
  async sampler(): Promise<(options: SampleOptions, take: TakeSamples) => Promise<SamplingEnd>> {
    await this.#prepareFrom(this.#cursor)
    const group = await this.#next(this.#cursor)
    const { memory, parts, stretch } = group
    if (parts.length < this.#program.steps.length) throw severalWays(this.#chooser.name)
    return async (options, take) => {
      let own: unknown
      const taking: TakeSamples = async (records) => {
        try {
          await take(records)
        } catch (error) {
          own = error
          throw error
        }
      }
      this.#tell(group)
      try {
        return await memory.sample(programOf(parts), options, taking)
      } catch (error) {
        throw error === own ? error : this.#toldOfWhole(error, parts, stretch)
      }
    }
  }

  async #prepareFrom(start: Cursor): Promise<Choice[]> {
    const choices: Choice[] = []
    let cursor = start
    while (cursor.step < this.#program.steps.length) {
      const { memory, parts, stretch, end, chosen } = await this.#next(cursor)
      try {
        await memory.prepare(programOf(parts))
        choices.push(...chosen.map(({ address, choice }) => describeChoice(address, choice)))
        cursor = end
      } catch (error) {
        if (!isRefusedMapping(error) || !stretch) {
          throw this.#toldOfWhole(error, parts, stretch, this.#cursor.step)
        }
        if (!this.#remember(stretch, error)) {
          throw this.#toldOfWhole(error, parts, stretch, this.#cursor.step)
        }
      }
    }
    return choices
  }

  /** Results when the group is the whole program; otherwise they are gathered. */
  async #runGroup(group: Group): Promise<Results | undefined> {
    const { memory, parts, stretch, end } = group
    const { signal } = this.#options
    try {
      if (isWhole(this.#program, parts)) {
        const results = await memory.run(this.#program, this.#options)
        this.#tell(group)
        return results
      }
      const results = await memory.run(programOf(parts), signal && { signal })
      this.#tell(group)
      this.#gathered.take(parts, results)
      this.#cursor = end
      return undefined
    } catch (error) {
      if (!isRefusedMapping(error) || !stretch) {
        this.#tell(group)
        throw this.#toldOfWhole(error, parts, stretch)
      }
      this.#tell(group, error.results?.done)
      if (!this.#remember(stretch, error)) throw this.#toldOfWhole(error, parts, stretch)
      this.#goOn(parts, error)
      return undefined
    }
  }

  /** Only when parts were done is it known that they were not refused. */
  #tell({ chosen }: Group, parts = Number.POSITIVE_INFINITY): void {
    for (const { part, address, choice } of chosen) {
      if (part < parts) this.#chooser.tell(address, choice)
    }
  }

  /** Takes what was done before a mapping was refused; from there another way is tried. */
  #goOn(parts: readonly Part[], error: Refused): void {
    const results = error.results as RunResults
    const elementsDone = elementsOf(error, results)
    this.#gathered.take(parts, results, { elementsDone })
    const { index, from } = parts[results.done] as Part
    this.#cursor = { step: index, element: from + elementsDone }
  }

  /** False for a page that was refused before: to go on would be to go round in a circle. */
  #remember({ way, base }: Pick<Stretch, 'way' | 'base'>, error: PhysmemError): boolean {
    const pages = this.#refusals.get(way) ?? new Map<number, PhysmemError>()
    this.#refusals.set(way, pages)
    const page = pageOf(base + Number(error.data.address ?? 0))
    if (pages.has(page)) return false
    pages.set(page, error)
    return true
  }

  async #next(start: Cursor): Promise<Group> {
    const { steps } = this.#program
    const group: Group = {
      memory: new IdleMemory(),
      stretch: undefined,
      chosen: [],
      parts: [],
      end: start,
    }
    while (group.end.step < steps.length) {
      const step = steps[group.end.step] as Step
      let part: Part = { index: group.end.step, from: 0, count: 1, step }
      if ('address' in step) {
        const address = addressAt(step, group.end.element)
        const choice = await this.#choose(address, step).catch((error) => {
          if (group.parts.length > 0) return undefined // Said when what is before it is done.
          throw this.#placed(error, group.end)
        })
        const stretch = choice?.stretch
        if (!stretch || (group.stretch && stretch.memory !== group.memory)) return group
        part = partAt(this.#program, group.end, stretch.base, this.#endOf(stretch, address))
        group.memory = stretch.memory
        group.stretch = stretch
        group.chosen.push({ part: group.parts.length, address, choice })
      }
      group.parts.push(part)
      group.end = behind(part, this.#program)
    }
    return group
  }

  /** The first way to an address. Rejects with the refusal of the first when there is none. */
  async #choose(address: number, step: Step): Promise<Chosen> {
    const maps = isWriting(step) || step.op === 'cache'
    const fits = (way: Way) => (way.maps || !maps) && !this.#refusal(way, address)
    const known = this.#chooser.known.find(
      ({ stretch: { way, start, end } }) => start <= address && address < end && fits(way),
    )
    if (known) return known
    const refusals: PhysmemError[] = []
    for (const way of this.#chooser.ways) {
      if (maps && !way.maps) continue
      const refusal = this.#refusal(way, address)
      const stretch = refusal ?? (await way.find(address, refusals).catch(onlyPhysmem))
      if (stretch instanceof PhysmemError) refusals.push(stretch)
      else if (stretch) {
        const choice = { stretch, reason: said(refusals) }
        if (refusals.length > 0) this.#chooser.known.push(choice)
        return choice
      }
    }
    throw combined(refusals, address)
  }

  /** Where the stretch ends that can be tried from an address on. */
  #endOf({ way, end }: Stretch, address: number): number {
    const refused = [...(this.#refusals.get(way)?.keys() ?? [])].map((page) => page * PAGE_BYTES)
    const known = this.#chooser.known.filter(({ stretch }) => stretch.way !== way)
    const starts = [...refused, ...known.map(({ stretch }) => stretch.start)]
    return smallest(
      starts.filter((start) => start > address),
      end,
    )
  }

  #refusal(way: Way, address: number): PhysmemError | undefined {
    return this.#refusals.get(way)?.get(pageOf(address))
  }

  /** An error of the choice, with where in the program it was met and what was done before. */
  #placed(error: unknown, { step }: Cursor): unknown {
    if (!(error instanceof PhysmemError)) return error
    const data = { step, elementsDone: this.#elementsBegun(step) }
    return retell(error, { data, results: this.#gathered.results(this.#cursor.step) })
  }

  /** Elements of a step that were really done, however far it is prepared. */
  #elementsBegun(step: number): number {
    return step === this.#cursor.step ? this.#cursor.element : 0
  }

  /** An error of a part, told of the whole program, of which all before it is `done` by default. */
  #toldOfWhole(
    error: unknown,
    parts: readonly Part[],
    stretch: Stretch | undefined,
    done?: number,
  ): unknown {
    if (!(error instanceof PhysmemError)) return error
    const base = stretch?.base ?? 0
    const at = error.data.step ?? 0
    const part = parts[at]
    if (!part) return error
    const ownDone = error.data.elementsDone ?? 0
    if (error.results) this.#gathered.take(parts, error.results, { elementsDone: ownDone })
    const results = this.#gathered.results(done ?? part.index)
    const elementsDone = done === undefined ? part.from + ownDone : this.#elementsBegun(part.index)
    if (error instanceof AccessError || error instanceof ConditionError) {
      const { direction, reason, restOfPage } = error.data
      const failure: Failure = {
        code: error.code as Failure['code'],
        step: part.index,
        elementsDone,
      }
      if (direction !== undefined) failure.direction = direction
      if (reason !== undefined) failure.reason = reason
      if (restOfPage !== undefined) failure.restOfPage = restOfPage
      if (error.cause !== undefined) failure.cause = error.cause
      const { message, data } = failureError(this.#chooser.name, this.#program, results, failure)
      return retell(error, { message, data: { ...data, way: stretch?.memory.name }, results })
    }
    const { address } = error.data
    const own = address === undefined ? {} : { address: base + Number(address) }
    return retell(error, { data: { step: part.index, elementsDone, ...own }, results })
  }
}

function severalWays(name: string): RequestError {
  const message = `${name}: these places are reached by different ways, and one sample takes one way: record them separately`
  return new RequestError('EUSAGE', message)
}

function programOf(parts: readonly Part[]): Program {
  return new Program(parts.map(({ step }) => step))
}

function wholeParts(program: Program): Part[] {
  return program.steps.map((step, index) => ({ index, from: 0, count: 0, step }))
}

/** Whether the parts are the program as it is, at its own addresses. */
function isWhole(program: Program, parts: readonly Part[]): boolean {
  const { steps } = program
  return parts.length === steps.length && parts.every(({ step }, at) => step === steps[at])
}

/** Elements of the step that was refused; a later one may have been refused before all began. */
function elementsOf({ data }: PhysmemError, results: RunResults): number {
  return data.step === results.done ? (data.elementsDone ?? 0) : 0
}

function pageOf(address: number): number {
  return Math.floor(address / PAGE_BYTES)
}

function onlyPhysmem(error: unknown): PhysmemError {
  if (error instanceof PhysmemError) return error
  throw error
}
