import { AccessError } from '../../../base/errors.ts'
import { refusedError } from '../../../engine/refusal.ts'
import { systemClock } from '../../../memory/clock.ts'
import { getElement, setElement, viewOf } from '../../../memory/elements.ts'
import { type Bus, BusFault, interpret } from '../../../memory/interpreter.ts'
import { Memory } from '../../../memory/memory.ts'
import { Program } from '../../../memory/program.ts'
import type { Results } from '../../../memory/results.ts'
import type { RunOptions } from '../../../memory/run-options.ts'
import { type CacheStep, endOf, type Step } from '../../../memory/step.ts'
import type { Choice } from '../choice.ts'
import { Router } from '../router.ts'
import type { Stretch, Way } from '../way.ts'

export const PAGE = 4096
export const PAGES = 8
export const REFUSED = 'the test refuses it (EPERM)'

/** What has a page. */
export type Owner = 'devmem' | 'bar' | 'ram' | 'none'

/** One access: what made it, where and how. */
type Access = [memory: string, address: number, width: number, direction: 'read' | 'write']

/** Physical memory of a few pages, and what was done to it. */
export class World {
  readonly bytes = new Uint8Array(PAGE * PAGES)
  readonly log: Access[] = []

  bus(name: string, base: number, refuses: (address: number) => boolean): Bus {
    const view = viewOf(this.bytes)
    const check = (address: number) => {
      if (refuses(address)) throw new BusFault(REFUSED)
    }
    return {
      ...systemClock,
      name,
      load: (address, width) => {
        check(address)
        this.log.push([name, base + address, width, 'read'])
        return getElement(view, base + address, width)
      },
      store: (address, width, value) => {
        check(address)
        this.log.push([name, base + address, width, 'write'])
        setElement(view, base + address, width, value)
      },
    }
  }
}

/** A memory that refuses pages as a mapped one does: none is refused later but to a single step that reads. */
class RefusingMemory extends Memory {
  readonly length = undefined
  readonly name: string
  readonly #bus: Bus
  readonly #refuses: (address: number) => boolean

  constructor(world: World, name: string, base: number, refuses: (address: number) => boolean) {
    super()
    this.name = name
    this.#refuses = refuses
    this.#bus = world.bus(name, base, refuses)
  }

  async run(program: Program, options: RunOptions = {}): Promise<Results> {
    if (program.needsPreparing) await this.prepare(program)
    const lines = program.steps.findIndex((step) => step.op === 'cache' && this.#bad(step) >= 0)
    if (lines < 0) return this.#told(() => interpret(program, this.#bus, options))
    // A bus knows nothing of cache lines: what is before them is run, then they are refused.
    const step = program.steps[lines] as CacheStep
    const before = new Program(program.steps.slice(0, lines))
    const results = await this.#told(() => interpret(before, this.#bus, options))
    throw this.#refusal(this.#bad(step), lines, this.#bad(step) - step.address, results)
  }

  override async prepare(program: Program): Promise<void> {
    for (const [step, one] of program.steps.entries()) {
      const bad = this.#bad(one)
      if (bad < 0) continue
      throw this.#refusal(bad, step, 0, await interpret(new Program([]), this.#bus))
    }
  }

  /** The first address of a step that is refused, or -1. */
  #bad(step: Step): number {
    if (!('address' in step)) return -1
    const pages = [step.address, ...pagesBehind(step.address, endOf(step))]
    return pages.find((at) => this.#refuses(at)) ?? -1
  }

  async close(): Promise<void> {}

  async #told(run: () => Promise<Results>): Promise<Results> {
    try {
      return await run()
    } catch (error) {
      if (!(error instanceof AccessError)) throw error
      const { address = 0, step = 0, elementsDone = 0 } = error.data
      throw this.#refusal(Number(address), step, elementsDone, error.results as Results)
    }
  }

  #refusal(address: number, step: number, elementsDone: number, results: Results) {
    const refusal = { code: 'EREFUSED', reason: REFUSED, cure: 'another test' } as const
    return refusedError(
      this.name,
      refusal,
      { address, step, elementsDone, errno: 'EPERM' },
      results,
    )
  }
}

/** Every address of some pages, in stretches that touch. */
class PagesWay implements Way {
  readonly maps: boolean
  readonly #stretches: Stretch[] = []

  constructor(world: World, name: string, owners: readonly Owner[], owner: Owner, maps: boolean) {
    this.maps = maps
    for (let page = 0; page < PAGES; ) {
      let end = page
      while (owners[end] === owner) end++
      if (end > page) {
        const [start, stop] = [page * PAGE, end * PAGE]
        // A BAR counts from its own start.
        const base = maps ? start : 0
        const memory = new RefusingMemory(world, `${name}${page}`, base, () => false)
        this.#stretches.push({ way: this, memory, base, start, end: stop })
      }
      page = end + 1
    }
  }

  async find(address: number): Promise<Stretch | undefined> {
    return this.#stretches.find(({ start, end }) => start <= address && address < end)
  }

  async close(): Promise<void> {}
}

/** Has every address, and refuses all pages but its own when they are mapped. */
class FirstWay implements Way {
  readonly maps = true
  readonly #memory: Memory

  constructor(world: World, owners: readonly Owner[]) {
    const refuses = (address: number) => owners[Math.floor(address / PAGE)] !== 'devmem'
    this.#memory = new RefusingMemory(world, 'devmem', 0, refuses)
  }

  async find(): Promise<Stretch> {
    return { way: this, memory: this.#memory, base: 0, start: 0, end: Number.POSITIVE_INFINITY }
  }

  async close(): Promise<void> {}
}

/** A router over three ways to pages that these have. */
export function routerOver(owners: readonly Owner[], notify?: (choice: Choice) => void) {
  const world = new World()
  const ways = [
    new FirstWay(world, owners),
    new PagesWay(world, 'bar', owners, 'bar', true),
    new PagesWay(world, 'ram', owners, 'ram', false),
  ]
  return { world, router: new Router('physical memory', ways, notify) }
}

/** Where pages begin after a start, and before an end. */
export function pagesBehind(start: number, end: number): number[] {
  const pages: number[] = []
  for (let at = (Math.floor(start / PAGE) + 1) * PAGE; at < end; at += PAGE) pages.push(at)
  return pages
}
