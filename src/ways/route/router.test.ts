import { truncateSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PhysmemError } from '../../base/errors.ts'
import { loadAddon } from '../../engine/addon.ts'
import { MappedMemory } from '../../engine/mapped.ts'
import { FakeRoot } from '../../linux/testing/fake-root.ts'
import { interpret } from '../../memory/interpreter.ts'
import { Program } from '../../memory/program.ts'
import type { Results } from '../../memory/results.ts'
import { endOf, isWriting, type Step } from '../../memory/step.ts'
import { steps } from '../../memory/testing/steps.ts'
import { openFile } from '../file.ts'
import type { Choice } from './choice.ts'
import { Router } from './router.ts'
import {
  type Owner,
  PAGE,
  PAGES,
  pagesBehind,
  REFUSED,
  routerOver,
  World,
} from './testing/world.ts'
import type { Way } from './way.ts'

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
    expect(error.message).toBe(`0x00003000 (devmem) cannot be mapped: ${REFUSED}`)
    expect(error.data).toEqual({
      address: 0x3000,
      subject: '0x00003000 (devmem)',
      step: 0,
      elementsDone: 2,
      errno: 'EPERM',
      cure: 'another test',
      why: REFUSED,
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
    expect(error.message).toBe(`0x00003000 (devmem) cannot be mapped: ${REFUSED}`)
    expect(error.data).toMatchObject({ step: 2, address: 0x3000, elementsDone: 0 })
    expect(error.results?.done).toBe(0)
    expect(world.log).toEqual([])
  })

  it('has no element of a block whose later page is refused when several steps are prepared', async () => {
    const { world, router } = routerOver(layout)
    const read = new Program([
      { op: 'readBlock', address: 0x2ff8, width: 32, count: 4 },
      { op: 'read', address: 0x10, width: 32 },
    ])
    const error = await failure(router.run(read, {}))
    expect(error.data).toMatchObject({ step: 0, address: 0x3000, elementsDone: 0 })
    expect(world.log).toEqual([])
  })

  it('refuses a write to what can only be read, before anything is done', async () => {
    const { world, router } = routerOver(layout)
    const write = new Program([
      { op: 'write', address: 0x10, width: 32, value: 1 },
      { op: 'fill', address: 0x2000, width: 32, count: 2, value: 1 },
    ])
    const error = await failure(router.run(write, {}))
    expect(error.message).toBe(`0x00002000 (devmem) cannot be mapped: ${REFUSED}`)
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
      { address: 0x1008, way: 'bar1', reason: why('0x00001008') },
      { address: 0x2004, way: 'ram2', reason: why('0x00002004') },
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
      '32-bit read at 0x00011000 (physical memory) failed: the file ends before; 2 of 4 elements were read',
    )
    expect(error.data).toEqual({
      address: 0x11000,
      direction: 'read',
      elementsDone: 2,
      reason: 'the file ends before',
      restOfPage: loadAddon().pageSize,
      step: 0,
      way: root.at('some.bin'),
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
