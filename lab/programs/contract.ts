/**
 * Run in a guest: the contract that every kind of memory keeps (src/memory/contract.ts), on each of
 * the memories that are given as JSON. Prints JSON: how each case ended, by memory and case.
 */

import { open } from '../../src/index.ts'
import { type ContractSubject, contract } from '../../src/memory/contract.ts'

/** A memory to test. */
export interface Stretch extends Omit<ContractSubject, 'memory' | 'widths'> {
  /** What `open` takes: a place, or nothing for physical memory. */
  readonly place: string
}

/** How a case ended. */
export interface Ending {
  readonly state: 'kept' | 'broken' | 'skipped'
  readonly why?: string
}

/** By case, in the order of the stretches. */
export type Report = readonly Readonly<Record<string, Ending>>[]

async function check(one: (typeof contract)[number], subject: ContractSubject): Promise<Ending> {
  const why = one.skip?.(subject)
  if (why !== undefined) return { state: 'skipped', why }
  try {
    await one.check(subject)
    return { state: 'kept' }
  } catch (error) {
    return { state: 'broken', why: error instanceof Error ? `${error.stack}` : String(error) }
  }
}

async function run({ place, ...stretch }: Stretch): Promise<Record<string, Ending>> {
  const subject = { ...stretch, memory: await open(place), widths: [8, 16, 32, 64] as const }
  const endings: Record<string, Ending> = {}
  for (const one of contract) endings[one.name] = await check(one, subject)
  return endings
}

const report: Record<string, Ending>[] = []
for (const stretch of JSON.parse(process.argv[2] ?? '[]') as Stretch[]) {
  report.push(await run(stretch))
}
console.log(JSON.stringify(report satisfies Report))
