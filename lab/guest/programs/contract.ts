/**
 * Run in a guest: the contract that every kind of memory keeps (src/memory/contract) and that of
 * all windows, on each of the memories that are given as JSON. Prints JSON: how each case ended, by
 * memory and case.
 */

import { mapWindow, open } from '../../../src/index.ts'
import { type ContractSubject, contract } from '../../../src/memory/contract/index.ts'
import { type WindowSubject, windowContract } from '../../../src/ways/testing/window-contract.ts'
import {
  endsInFaults,
  WINDOW_ACCESS,
  type WindowAccess,
  windowCase,
} from '../../supply/window-cases.ts'

/** A memory to test. */
export interface Stretch extends Omit<ContractSubject, 'memory' | 'widths'> {
  /** What `open` takes: a place, or nothing for physical memory. */
  readonly place?: string
}

/** How a case ended. */
export interface Ending {
  readonly state: 'kept' | 'broken' | 'skipped'
  readonly why?: string
}

/** By case, in the order of the stretches. */
export type Report = readonly Readonly<Record<string, Ending>>[]

/** A case of either contract. */
interface Case<S> {
  skip?(subject: S): string | undefined
  check(subject: S): Promise<void> | void
}

async function check<S>(one: Case<S>, subject: S): Promise<Ending> {
  const why = one.skip?.(subject)
  if (why !== undefined) return { state: 'skipped', why }
  try {
    await one.check(subject)
    return { state: 'kept' }
  } catch (error) {
    return { state: 'broken', why: error instanceof Error ? `${error.stack}` : String(error) }
  }
}

async function run(given: Stretch): Promise<Record<string, Ending>> {
  const { place, ...stretch } = given
  const memory = await open(place)
  const subject = { ...stretch, memory, widths: [8, 16, 32, 64] as const }
  const endings: Record<string, Ending> = {}
  for (const access of WINDOW_ACCESS) {
    const windows = await windowSubject(given, access)
    for (const one of windowContract) {
      endings[windowCase(access, one.name)] = await check(one, windows)
    }
  }
  for (const one of contract) endings[one.name] = await check(one, subject)
  return endings
}

/** With a page past its end, where that is known to fault. */
async function windowSubject(stretch: Stretch, access: WindowAccess): Promise<WindowSubject> {
  const { place, base, length } = stretch
  const map = (bytes: number, mode: 'read' | 'write') => {
    const options = { address: base, length: bytes, access, mode }
    return place === undefined ? mapWindow(options) : mapWindow(place, options)
  }
  const faults = endsInFaults(stretch)
  return {
    window: await map(faults ? length + 4096 : length, 'write'),
    reading: await map(4096, 'read'),
    ...(faults ? { faultOffset: length } : {}),
  }
}

const report: Record<string, Ending>[] = []
for (const stretch of JSON.parse(process.argv[2] ?? '[]') as Stretch[]) {
  report.push(await run(stretch))
}
console.log(JSON.stringify(report satisfies Report))
