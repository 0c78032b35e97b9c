import type { Facts } from '../machine/machine.ts'
import type { Trials } from '../remote/trials.ts'
import { type Diagnosis, examineWith } from './examine.ts'
import { FarAttempts } from './far-attempts.ts'
import { FarProbe, openFarProbe } from './far-probe.ts'

/** No check asks for one thing after the other so often. */
const MOST_ROUNDS = 20

/**
 * What works on a machine with an agent, and what does not, as `examine` finds it there: no register is
 * accessed, and no memory but a page of the agent's own program. Nothing is written.
 */
export async function examineFar(facts: Facts, trials: Trials): Promise<Diagnosis> {
  const { system } = facts
  const probe = await openFarProbe(facts, trials)
  const attempts = new FarAttempts(system, trials)
  const at = { system: { ...system, now: () => system }, attempts, probe, selfTest: false }
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const diagnosis = await facts.ask(() => examineWith(at))
    if (!(await attempts.perform())) return diagnosis
    if (probe instanceof FarProbe) await probe.follow()
  }
  throw new Error('the checks come to no end')
}
