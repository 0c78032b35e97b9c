import { RefusedError } from '../base/errors.ts'
import { systemAt } from '../engine/system-at.ts'
import type { LocalSystem } from '../linux/system.ts'
import { SYSTEM } from '../linux/system-kinds.ts'
import { checkKind, checkOptions } from '../text/options.ts'
import { withAlternatives } from './alternatives.ts'
import { attemptsAt } from './attempts.ts'
import { checkDevMem } from './checks/devmem.ts'
import { checkFrames } from './checks/frames.ts'
import { checkKcore } from './checks/kcore.ts'
import { checkKmod } from './checks/kmod.ts'
import { checkModules } from './checks/modules.ts'
import { checkMsrs } from './checks/msr.ts'
import { checkPci } from './checks/pci.ts'
import { checkPorts } from './checks/ports.ts'
import { checkRegmaps } from './checks/regmap.ts'
import { checkResources } from './checks/resources.ts'
import { checkUio } from './checks/uio.ts'
import type { Check, Examination } from './examination.ts'
import { type Finding, type Told, told } from './finding.ts'
import { type Host, readHost } from './host.ts'
import { isProbe, type NoProbe, openProbe } from './own-page.ts'
import { selfTest } from './self-test.ts'

export interface ExamineOptions {
  /** Also write: to a page of this process, by each way that opens. Default: nothing is written. */
  selfTest?: boolean
}

/** What works on this machine and what does not. */
export interface Diagnosis {
  host: Host
  findings: readonly Told[]
}

const CHECKS: readonly Check[] = [
  checkDevMem,
  checkKcore,
  checkKmod,
  checkPci,
  checkUio,
  checkResources,
  checkFrames,
  checkPorts,
  checkMsrs,
  checkRegmaps,
  checkModules,
]

/**
 * Tries every way to memory, and says what works, or the one cause why not. No register is accessed,
 * and no memory but a page of this process: device memory is mapped, which accesses nothing; RAM is
 * probed with a page of this process that holds a pattern, which each way must show where it is.
 * Rejects with EPLATFORM on another system than Linux.
 */
export function examine(options?: ExamineOptions): Promise<Diagnosis>
/** @internal Of a machine that this is not: there is no page of our own in it. */
export function examine(
  options: ExamineOptions | undefined,
  system: LocalSystem,
): Promise<Diagnosis>
export async function examine(
  options: ExamineOptions = {},
  system: LocalSystem = systemAt(),
): Promise<Diagnosis> {
  checkOptions<ExamineOptions>('examine', options, { selfTest: 'boolean' })
  checkKind('system', system, SYSTEM)
  const { selfTest: writes = false } = options
  if (process.platform !== 'linux') {
    throw new RefusedError('EPLATFORM', `doctor needs Linux: this is ${process.platform}`)
  }
  const probe = system.isHere ? openProbe() : elsewhere
  try {
    const attempts = attemptsAt(system)
    return await examineWith({ system, attempts, probe, selfTest: writes })
  } finally {
    if (isProbe(probe)) probe.close()
  }
}

/** The same with what is given: the order of the findings is that of the checks. */
export async function examineWith(at: Examination): Promise<Diagnosis> {
  const findings: Finding[] = []
  for (const check of CHECKS) findings.push(...(await check(at, findings)))
  if (at.selfTest) findings.push(...(await selfTest(at, findings)))
  return { host: readHost(at.system.now()), findings: withAlternatives(findings).map(told) }
}

const elsewhere: NoProbe = {
  refusal: { code: 'EREFUSED', reason: 'this is not the machine that physmem runs on' },
}
