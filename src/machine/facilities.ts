import { parseTarget, type Target } from '../place/target.ts'

/** What some machines have and others lack, in the words of a sentence about one that lacks it. */
const FACILITIES = [
  'processes',
  'page tables',
  'drivers',
  'kernel',
  'RAM to allocate',
  'caches',
  'PCI functions',
  'named places',
  'locks',
] as const

export type Facility = (typeof FACILITIES)[number]

/** What is reached by an agent on another machine. */
const OF_AGENTS: readonly Facility[] = ['processes', 'page tables', 'PCI functions']

/** Whether a target is reached by an agent. */
export function isRemote(target: string): boolean {
  return kindOf(target) === 'remote'
}

/** What a machine is of which something is missing, in the words of a sentence. */
export function lackingMachine(target: string): string {
  return isRemote(target) ? 'an agent reaches' : 'a simulated board has'
}

/**
 * What the machine of a target has, as far as its kind tells: this machine may have all of it, a
 * simulated board is registers and memories alone. A text that is not a target has nothing.
 */
export function facilitiesOf(target: string): readonly Facility[] {
  if (target === 'local') return FACILITIES
  return isRemote(target) ? OF_AGENTS : []
}

function kindOf(target: string): Target['kind'] | undefined {
  try {
    return parseTarget(target).kind
  } catch {
    return undefined
  }
}
