import { ConditionError, PhysmemError } from '../../errors.ts'
import { checkBounds } from '../../memory/bounds.ts'
import type { Memory } from '../../memory/memory.ts'
import { Program } from '../../memory/program.ts'
import type { Step, Value, Width } from '../../memory/step.ts'
import type { Place } from '../../place/schemes/index.ts'
import type { Endian } from '../globals.ts'
import { elementAt, ordered } from './element.ts'
import { restateFailure } from './failure.ts'

/** A condition on one element, resolved. Values are in the order of bytes that a person means. */
export interface Wait {
  place: Place
  memory: Memory
  address: number
  width: Width
  mask: Value
  equals: Value
  negate: boolean
  /** Loaded byte by byte, and compared as a whole. */
  bytewise: boolean
  endian: Endian
  timeoutUs: number
  intervalUs: number
}

/** What a wait saw last, whether that met the condition, and how long it took. */
export interface Waited {
  met: boolean
  value: Value
  elapsedUs: number
}

/** Throws a RequestError for a wait that cannot be run: nothing was touched then. */
export function prepareWait(wait: Wait): (signal: AbortSignal) => Promise<Waited> {
  const { memory, bytewise } = wait
  const program = new Program([bytewise ? blockOf(wait) : stepOf(wait)], memory.misalignment)
  checkBounds(program, memory.name, memory.length)
  return (signal) => (bytewise ? poll(wait, program, signal) : waitInEngine(wait, program, signal))
}

function stepOf(wait: Wait): Step {
  const { address, width, mask, equals, negate, endian, timeoutUs, intervalUs } = wait
  return {
    op: 'wait',
    address,
    width,
    mask: ordered(mask, width, endian),
    equals: ordered(equals, width, endian),
    negate,
    timeoutMs: timeoutUs / 1000,
    intervalUs,
  }
}

async function waitInEngine(
  { memory, address, width, endian, timeoutUs, place }: Wait,
  program: Program,
  signal: AbortSignal,
): Promise<Waited> {
  try {
    const results = await memory.run(program, { signal })
    const value = ordered(results.value(0), width, endian)
    return { met: true, value, elapsedUs: results.elapsedUs(0) }
  } catch (error) {
    if (!(error instanceof PhysmemError)) throw error
    if (error.code !== 'ETIMEOUT' || error.results === undefined)
      throw restateFailure(error, place, { memory, address })
    const value = ordered(error.results.lastSeen(0), width, endian)
    return { met: false, value, elapsedUs: timeoutUs }
  }
}

function blockOf({ address, width }: Wait): Step {
  return { op: 'readBlock', address, width: 8, count: width / 8 }
}

/** No engine compares several bytes as one value, so each look is a program of its own. */
async function poll(wait: Wait, program: Program, signal: AbortSignal): Promise<Waited> {
  const { systemClock: clock } = await import('../../memory/clock.ts')
  const { memory, address, width, endian, negate, timeoutUs, intervalUs, place } = wait
  const [mask, equals] = [BigInt(wait.mask), BigInt(wait.equals)]
  const start = clock.nowUs()
  for (;;) {
    const now = clock.nowUs()
    const results = await memory.run(program, { signal }).catch((error: unknown) => {
      throw restateFailure(error, place, { memory, address })
    })
    const value = elementAt(results.bytes(0), 0, width, endian)
    const elapsedUs = clock.nowUs() - start
    if (((BigInt(value) & mask) === equals) !== negate) return { met: true, value, elapsedUs }
    if (now - start >= timeoutUs) return { met: false, value, elapsedUs }
    await clock.sleepUs(Math.min(intervalUs, start + timeoutUs - now), signal)
    if (signal.aborted) throw new ConditionError('EABORT', 'stopped')
  }
}
