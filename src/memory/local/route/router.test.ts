import { truncateSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AccessError, type PhysmemError } from '../../../errors.ts'
import { FakeRoot } from '../../../linux/testing/fake-root.ts'
import { systemClock } from '../../clock.ts'
import { getElement, setElement, viewOf } from '../../elements.ts'
import { type Bus, BusFault, interpret } from '../../interpreter.ts'
import { Memory, type RunOptions } from '../../memory.ts'
import { Program } from '../../program.ts'
import type { Results } from '../../results.ts'
import { type CacheStep, endOf, isWriting, type Step } from '../../step.ts'
import { steps } from '../../testing/steps.ts'
import { openFile } from '../file.ts'
import { MappedMemory } from '../mapped.ts'
import type { Choice } from '../physical.ts'
import { refusedError } from '../refusal.ts'
import { Router } from './router.ts'
import type { Stretch, Way } from './way.ts'

const PAGE = 4096
const PAGES = 8
const REFUSED = 'the test refuses it (EPERM)'

type Owner = 'devmem' | 'bar' | 'ram' | 'none'

/** One access: what made it, where and how. */
type Access = [memory: string, address: number, width: number, direction: 'read' | 'write']

/** Physical memory of a few pages, and what was done to it. */
class World {
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
      throw this.#refusal(address, step, elementsDone, error.results as Results)
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

function routerOver(owners: readonly Owner[], notify?: (choice: Choice) => void) {
  const world = new World()
  const ways = [
    new FirstWay(world, owners),
    new PagesWay(world, 'bar', owners, 'bar', true),
    new PagesWay(world, 'ram', owners, 'ram', false),
  ]
  return { world, router: new Router('physical memory', ways, notify) }
}

const failure = async (run: Promise<unknown>): Promise<PhysmemError> => {
  const error = await run.then(
    () => undefined,
    (reason) => reason,
  )
  if (error === undefined) throw new Error('it did not fail')
  return error
}

/** What the steps give, as far as they were done. */
function told(program: Program, results: Results): unknown[] {
  return program.steps.slice(0, results.done).map((step, index) => {
    if (step.op === 'update') return [results.value(index), results.written(index)]
    if (step.op === 'read' || step.op === 'wait') return results.value(index)
    return step.op === 'readBlock' ? [...results.bytes(index)] : step.op
  })
}

const owner = fc.constantFrom<Owner>('devmem', 'bar', 'ram', 'none')
const owners = fc.array(owner, { minLength: PAGES, maxLength: PAGES })

/** Steps around the borders of pages. */
const someSteps = fc.array(
  fc.tuple(steps(512), fc.integer({ min: 1, max: PAGES - 1 })).map(([step, border]): Step => {
    const address = 'address' in step ? { address: step.address + border * PAGE - 256 } : {}
    return { ...step, ...address } as Step
  }),
  { maxLength: 8 },
)

describe('Router', () => {
  it('makes every access once, by a way that has it, and gives what one memory would', async () => {
    await fc.assert(
      fc.asyncProperty(owners, someSteps, async (pages, list) => {
        const program = new Program(list)
        const { world, router } = routerOver(pages)
        world.bytes.forEach((_, at) => {
          world.bytes[at] = at * 13 + (at >> 8)
        })
        const twin = new World()
        twin.bytes.set(world.bytes)

        /** The owners that do for what a step does to an address. */
        const refused = (step: Step, address: number) => {
          const one = pages[Math.floor(address / PAGE)]
          return one === 'none' || (one === 'ram' && (isWriting(step) || step.op === 'cache'))
        }
        const borders = (step: Step) =>
          'address' in step ? [step.address, ...pagesBehind(step.address, endOf(step))] : []
        const bad = program.steps.findIndex((step) =>
          borders(step).some((address) => refused(step, address)),
        )

        if (bad < 0) {
          const results = await router.run(program, {}).catch((error) => error)
          const same = await interpret(
            program,
            twin.bus('one', 0, () => false),
          ).catch((e) => e)
          if (same instanceof Error) {
            expect(results.code).toBe((same as PhysmemError).code) // A wait whose time was up.
            expect(results.data.step).toBe((same as PhysmemError).data.step)
          } else expect(told(program, results)).toEqual(told(program, same))
        } else {
          const error = await failure(router.run(program, {}))
          const stopped = error.code === 'ETIMEOUT'
          if (!stopped) {
            expect(error.code).toBe('EREFUSED')
            expect(error.data.step).toBe(bad)
          }
          if (program.needsPreparing && !stopped) expect(world.log).toEqual([])
          const at = stopped ? (error.data.step as number) : bad
          const before = new Program(program.needsPreparing && !stopped ? [] : list.slice(0, at))
          const same = await interpret(
            before,
            twin.bus('one', 0, () => false),
          )
          expect(told(program, error.results as Results)).toEqual(told(before, same))
          await checkPartial(error, program, twin)
          world.log.length = twin.log.length = 0
        }
        expect(world.log.map(([, ...access]) => access)).toEqual(
          twin.log.map(([, ...access]) => access),
        )
        for (const [name, address] of world.log) {
          expect(name).toContain(pages[Math.floor(address / PAGE)])
        }
        expect(Buffer.compare(world.bytes, twin.bytes)).toBe(0)
      }),
      { numRuns: 400 },
    )
  })

  it('prepares what it would run, and accesses nothing', async () => {
    await fc.assert(
      fc.asyncProperty(owners, someSteps, async (pages, list) => {
        const { world, router } = routerOver(pages)
        const program = new Program(list)
        const prepared = await router.prepare(program).then(
          () => 'ok',
          (error: PhysmemError) => error.code,
        )
        expect(world.log).toEqual([])
        const ran = await router.run(program, {}).then(
          () => 'ok',
          (error: PhysmemError) => error.code,
        )
        if (ran !== 'ETIMEOUT') expect(prepared).toBe(ran)
      }),
      { numRuns: 200 },
    )
  })

  const layout: Owner[] = ['devmem', 'bar', 'ram', 'none', 'devmem', 'devmem', 'devmem', 'devmem']

  it('keeps the refusal of the first way when no other has the address', async () => {
    const { router } = routerOver(layout)
    const read = new Program([{ op: 'readBlock', address: 0x2ff8, width: 32, count: 4 }])
    const error = await failure(router.run(read, {}))
    expect(error.message).toBe(`0x3000 (devmem) cannot be mapped: ${REFUSED}`)
    expect(error.data).toEqual({
      address: 0x3000,
      step: 0,
      elementsDone: 2,
      errno: 'EPERM',
      cure: 'another test',
    })
    expect(error.results?.partialBytes(0, 2)).toEqual(new Uint8Array(8))
  })

  it('refuses a later read before the first, which may act on what it reads', async () => {
    const { world, router } = routerOver(layout)
    const read = new Program([
      { op: 'read', address: 0x10, width: 32 },
      { op: 'read', address: 0x2000, width: 32 },
      { op: 'readBlock', address: 0x2ff8, width: 32, count: 4 },
    ])
    const error = await failure(router.run(read, {}))
    expect(error.message).toBe(`0x3000 (devmem) cannot be mapped: ${REFUSED}`)
    expect(error.data).toMatchObject({ step: 2, address: 0x3000, elementsDone: 0 })
    expect(error.results?.done).toBe(0)
    expect(world.log).toEqual([])
  })

  it('refuses a write to what can only be read, before anything is done', async () => {
    const { world, router } = routerOver(layout)
    const write = new Program([
      { op: 'write', address: 0x10, width: 32, value: 1 },
      { op: 'fill', address: 0x2000, width: 32, count: 2, value: 1 },
    ])
    const error = await failure(router.run(write, {}))
    expect(error.message).toBe(`0x2000 (devmem) cannot be mapped: ${REFUSED}`)
    expect(error.data).toMatchObject({ step: 1, address: 0x2000 })
    expect(world.log).toEqual([])
  })

  it('tells once for each stretch which way was taken, and why', async () => {
    const told: Choice[] = []
    const { router } = routerOver(layout, (choice) => told.push(choice))
    const program = new Program([
      { op: 'read', address: 0x0, width: 8 },
      { op: 'read', address: 0x1008, width: 8 },
      { op: 'read', address: 0x2004, width: 8 },
      { op: 'read', address: 0x1000, width: 8 },
    ])
    await router.run(program, {})
    await router.run(program, {})
    const why = (address: string) => `${address} (devmem) cannot be mapped: ${REFUSED}`
    expect(told).toEqual([
      { address: 0, way: 'devmem', reason: '' },
      { address: 0x1008, way: 'bar1', reason: why('0x1008') },
      { address: 0x2004, way: 'ram2', reason: why('0x2004') },
    ])
  })

  it('runs what accesses nothing', async () => {
    const { router } = routerOver(layout)
    const results = await router.run(new Program([{ op: 'delay', us: 1 }, { op: 'fence' }]), {})
    expect(results.done).toBe(2)
  })

  it('stops when the caller wants it', async () => {
    const { world, router } = routerOver(layout)
    const signal = AbortSignal.abort()
    const program = new Program([
      { op: 'read', address: 0x1000, width: 8 },
      { op: 'read', address: 0x2000, width: 8 },
    ])
    const error = await failure(router.run(program, { signal }))
    expect(error).toMatchObject({ code: 'EABORT', data: { step: 0 } })
    expect(world.log).toEqual([])
  })

  it('tells a failure of a whole page as such, at its own address', async () => {
    using root = new FakeRoot().put('some.bin', new Uint8Array(2 * PAGE))
    await using memory = new MappedMemory(openFile(root.at('some.bin'), 'read'))
    await memory.read8(PAGE)
    truncateSync(root.at('some.bin'), PAGE)
    const way: Way = {
      maps: true,
      find: async () => ({ way, memory, base: 0x10000, start: 0x10000, end: 0x20000 }),
      close: async () => {},
    }
    const router = new Router('physical memory', [way], undefined)
    const read = new Program([{ op: 'readBlock', address: 0x10ff8, width: 32, count: 4 }])
    const error = await failure(router.run(read, {}))
    expect(error.message).toBe(
      '32-bit read at 0x11000 (physical memory) failed: the file ends before; 2 of 4 elements were read',
    )
    expect(error.data).toEqual({
      address: 0x11000,
      direction: 'read',
      elementsDone: 2,
      reason: 'the file ends before',
      step: 0,
      way: root.at('some.bin'),
      wholePage: true,
      width: 32,
    })
  })

  it('cuts cache lines where the ways change', async () => {
    const { router } = routerOver(['devmem', 'bar', 'bar', 'ram', 'none', 'none', 'none', 'none'])
    const clean = (length: number) =>
      router.run(new Program([{ op: 'cache', action: 'clean', address: 0xf80, length }]), {})
    expect((await clean(0x2080)).done).toBe(1)
    // What is not mapped has no lines that could be reached.
    expect(await failure(clean(0x2081))).toMatchObject({ code: 'EREFUSED' })
  })
})

function pagesBehind(start: number, end: number): number[] {
  const pages: number[] = []
  for (let at = (Math.floor(start / PAGE) + 1) * PAGE; at < end; at += PAGE) pages.push(at)
  return pages
}

/** The elements that were read of a block that was refused in its middle. */
async function checkPartial(error: PhysmemError, program: Program, twin: World): Promise<void> {
  const { step = 0, elementsDone = 0 } = error.data
  const one = program.steps[step] as Step
  if (one.op !== 'readBlock' || elementsDone === 0 || program.writes) return
  const part = new Program([{ ...one, count: elementsDone }])
  const same = await interpret(
    part,
    twin.bus('one', 0, () => false),
  )
  expect(error.results?.partialBytes(step, elementsDone)).toEqual(same.bytes(0))
}
