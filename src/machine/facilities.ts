import { RequestError } from '../base/errors.ts'
import { parseTarget, type Target } from '../place/target.ts'
import { quote } from '../text/refuse.ts'

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

/** What `translate` needs, the command and the method of a machine. */
export const TRANSLATE_NEEDS: readonly Facility[] = ['processes', 'page tables']

/** What `owners` needs, both of them. */
export const OWNERS_NEEDS: readonly Facility[] = ['processes']

/** What is reached by an agent on another machine. */
const OF_AGENTS: readonly Facility[] = [
  'processes',
  'page tables',
  'drivers',
  'caches',
  'PCI functions',
  'locks',
]

/** Whether a target is reached by an agent. */
export function isRemote(target: string): boolean {
  return kindOf(target) === 'remote'
}

/** Whether a target is a debug port, which tells nothing of its machine. */
export function isDebugPort(target: string): boolean {
  return kindOf(target) === 'debug'
}

/** Whether a target is a simulated board. */
export function isSimulated(target: string): boolean {
  return kindOf(target) === 'sim'
}

/** Whether one connection serves all that is opened of a target. */
export function isConnected(target: string): boolean {
  return isRemote(target) || isDebugPort(target)
}

/** Whether a target is a machine on which named places of this one mean nothing; a text that is no target is none. */
export function hasAddressesOnly(target: string): boolean {
  return kindOf(target) !== undefined && !facilitiesOf(target).includes('named places')
}

/** Throws EUSAGE for a target whose machine nobody can ask what is at which address. */
export function refuseUntold(target: string): void {
  if (!isDebugPort(target)) return
  const message = `nothing tells what is at which address: the target is ${quote(target)}, and a debug port has plain addresses only`
  const cure = 'a description of the chip or a board file has names, and dtb:FILE a map'
  throw new RequestError('EUSAGE', message, { input: target, cure })
}

/** Throws EUSAGE for a target whose machine has nothing that a program could have examined. */
export function refuseUnexamined(target: string): void {
  if (!isDebugPort(target)) return
  const message = `a debug port is not examined for a program: the target is ${quote(target)}`
  const cure = 'the command doctor says what a debug port can promise'
  throw new RequestError('EUSAGE', message, { input: target, cure })
}

/** Throws EUSAGE, for what a program calls, where the machine of the target lacks what that needs. */
export function refuseLacking(what: string, needs: readonly Facility[], target: string): void {
  const lack = lackOf(what, needs, target)
  if (lack !== undefined) throw new RequestError('EUSAGE', lack, { input: target })
}

/** That something is not for the machine of a target, which lacks what that needs; `undefined` where it is. */
export function lackOf(
  what: string,
  needs: readonly Facility[],
  target: string,
): string | undefined {
  const lacking = needs.filter((one) => !facilitiesOf(target).includes(one))
  if (lacking.length === 0) return undefined
  const far = lacking.every((one) => OF_AGENTS.includes(one))
  const where = far ? 'on this machine and through an agent' : 'on this machine'
  const why = lacking.includes('RAM to allocate')
    ? 'it allocates RAM of this machine'
    : `${lackingMachine(target)} ${lacking.map((one) => `no ${one}`).join(' and ')}`
  return `${what} works ${where} only, but the target is ${quote(target)}: ${why}`
}

function lackingMachine(target: string): string {
  if (isDebugPort(target)) return 'a debug port has'
  return isRemote(target) ? 'an agent reaches' : 'a simulated board has'
}

/**
 * What the machine of a target has, as far as its kind tells: this machine may have all of it, a
 * simulated board or a debug port is addresses alone. A text that is not a target has nothing.
 */
export function facilitiesOf(target: string): readonly Facility[] {
  if (target === 'local') return FACILITIES
  return isRemote(target) ? OF_AGENTS : []
}

function kindOf(target: string): Target['kind'] | undefined {
  if (target === 'local') return 'local'
  try {
    return parseTarget(target).kind
  } catch {
    return undefined
  }
}
