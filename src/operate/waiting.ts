import type { Endian } from '../base/endian.ts'
import { ConditionError, PhysmemError } from '../base/errors.ts'
import { after, attempt, inTurn, type Pending } from '../base/pending.ts'
import type { Value, Width } from '../base/width.ts'
import { checkBounds } from '../memory/bounds.ts'
import type { Memory } from '../memory/memory.ts'
import { Program } from '../memory/program.ts'
import type { Step } from '../memory/step.ts'
import { type Condition, isMet, type Relation } from '../place/index.ts'
import { checkReachable } from '../place/relation.ts'
import type { Place } from '../place/schemes/index.ts'
import { elementAt, ordered } from './element.ts'
import { tellOfPlace } from './failure.ts'
import type { Locator } from './locator.ts'
import { Plan, type PlannedStep } from './plan.ts'
import { toWriteItem, type WriteItem } from './writing.ts'

/** A condition on one element, resolved. Values are in the order of bytes that a person means. */
export interface Wanted {
  place: Place
  /** Of a register that is named. */
  name?: string
  memory: Memory
  address: number
  width: Width
  mask: Value
  relation: Relation
  /** What the bits of the mask are compared with, where they stand. */
  value: Value
  /** Loaded byte by byte, and compared as a whole. */
  bytewise: boolean
  endian: Endian
}

/** Throws a RequestError when the condition does not go with the width, or nothing could meet it. */
export function toWantedItem(
  condition: Condition,
  width: Width,
  options: Parameters<typeof toWriteItem>[2],
): WriteItem {
  const item = toWriteItem(condition, width, options)
  checkReachable(condition.relation, item.value, item.bits ?? width)
  return item
}

/** Finds what conditions look at, each with what it asks for. Nothing is accessed. */
export function locateWanted(
  machine: Locator,
  conditions: readonly { relation: Relation }[],
  items: readonly WriteItem[],
  { endian }: { endian: Endian },
): Pending<Wanted[]> {
  return inTurn(items, ({ place, width, mask, whole: value, bytewise }, index) =>
    after(machine.locate(place, width / 8), ({ memory, address }): Wanted => {
      const relation = conditions[index]?.relation ?? '='
      return { place, memory, address, width, mask, relation, value, bytewise, endian }
    }),
  )
}

/** How long is waited, and between two looks. */
export interface Pace {
  timeoutUs: number
  intervalUs: number
}

/** What a wait saw last, of each condition, whether that met all of them, and how long it took. */
export interface Waited {
  met: boolean
  values: Value[]
  elapsedUs: number
}

/**
 * Waits until all conditions are true in one look. Throws a RequestError for a wait that cannot be
 * run: nothing was touched then.
 */
export function prepareWait(
  wanted: readonly Wanted[],
  pace: Pace,
): (signal: AbortSignal) => Pending<Waited> {
  const [first] = wanted
  if (wanted.length === 1 && first && !first.bytewise && /^!?=$/.test(first.relation)) {
    return inEngine(first, pace)
  }
  return byLooks(wanted, pace)
}

/** Whether the last look met a condition. */
export function meets({ mask, relation, value }: Wanted, seen: Value): boolean {
  return isMet(BigInt(seen) & BigInt(mask), relation, BigInt(value))
}

function inEngine(wanted: Wanted, pace: Pace): (signal: AbortSignal) => Pending<Waited> {
  const { memory, address, width, endian, place } = wanted
  const program = programOf(wanted, pace)
  const run = (signal: AbortSignal) =>
    after(memory.start(program, { signal }), (results): Waited => {
      const value = ordered(results.value(0), width, endian)
      return { met: true, values: [value], elapsedUs: results.elapsedUs(0) }
    })
  return (signal) =>
    attempt(
      () => run(signal),
      (error): Waited => {
        if (!(error instanceof PhysmemError)) throw error
        if (error.code !== 'ETIMEOUT' || error.results === undefined)
          throw tellOfPlace(error, place, { memory, address }, false, wanted.name)
        const value = ordered(error.results.lastSeen(0), width, endian)
        return { met: false, values: [value], elapsedUs: pace.timeoutUs }
      },
    )
}

/** Throws a RequestError for a wait that cannot be run. */
function programOf(wanted: Wanted, pace: Pace): Program {
  const { memory, address, place } = wanted
  try {
    const program = new Program([stepOf(wanted, pace)], memory.misalignment)
    checkBounds(program, memory.name, memory.length)
    return program
  } catch (error) {
    throw tellOfPlace(error, place, { memory, address }, false, wanted.name)
  }
}

function stepOf({ address, width, mask, value, relation, endian }: Wanted, pace: Pace): Step {
  return {
    op: 'wait',
    address,
    width,
    mask: ordered(mask, width, endian),
    equals: ordered(value, width, endian),
    negate: relation === '!=',
    timeoutMs: pace.timeoutUs / 1000,
    intervalUs: pace.intervalUs,
  }
}

/**
 * No engine compares several elements, or by more than equality: each look is a program of its own,
 * which loads each element once, however many conditions it has.
 */
function byLooks(wanted: readonly Wanted[], pace: Pace): (signal: AbortSignal) => Promise<Waited> {
  const { timeoutUs, intervalUs } = pace
  const plan = new Plan()
  const look = planLook(plan, wanted)
  plan.check()
  return async (signal) => {
    const { systemClock: clock } = await import('../memory/clock.ts')
    const start = clock.nowUs()
    for (;;) {
      const now = clock.nowUs()
      await plan.run(signal)
      const values = look()
      const elapsedUs = clock.nowUs() - start
      const met = wanted.every((one, index) => meets(one, values[index] ?? 0))
      if (met || now - start >= timeoutUs) return { met, values, elapsedUs }
      await clock.sleepUs(Math.min(intervalUs, start + timeoutUs - now), signal)
      if (signal.aborted) throw new ConditionError('EABORT', 'stopped')
    }
  }
}

/** Plans one load an element; gives what it saw, for each condition. */
function planLook(plan: Plan, wanted: readonly Wanted[]): () => Value[] {
  const loads: { of: Wanted; step: PlannedStep }[] = []
  const steps = wanted.map((one) => {
    const { memory, address, width, bytewise, place } = one
    const same = loads.find(({ of }) => of.memory === memory && of.address === address)
    if (same) return same.step
    const step = plan.add(
      memory,
      place,
      bytewise
        ? { op: 'readBlock', address, width: 8, count: width / 8 }
        : { op: 'read', address, width },
      one.name,
    )
    loads.push({ of: one, step })
    return step
  })
  return () =>
    wanted.map(({ width, endian, bytewise }, index) => {
      const step = steps[index] as PlannedStep
      return bytewise ? elementAt(step.bytes, 0, width, endian) : ordered(step.value, width, endian)
    })
}
