import { sentence, shell } from '../base/cure.ts'
import type { ErrorCode } from '../base/errors.ts'
import type { Evidence } from '../base/evidence.ts'
import type { System } from '../linux/system.ts'
import { lockdownRefusal } from './lockdown.ts'
import type { Refusal } from './refusal.ts'

/** A node of drivers/char/mem.c (major number 1) that is missing, though the kernel has the device. */
export interface HiddenNode {
  code: ErrorCode
  path: string
  minor: number
  /** What shows that the kernel has it. */
  evidence: readonly Evidence[]
}

/** Why it cannot be opened. Lockdown comes first: with it, a node that is made helps nobody. */
export function hiddenNode({ code, path, minor, evidence }: HiddenNode, system: System): Refusal {
  const lockdown = lockdownRefusal(system)
  if (lockdown) {
    const reason = `${lockdown.reason}; also, there is no such node (ENOENT)`
    return { ...lockdown, reason, evidence: [...(lockdown.evidence ?? []), ...evidence] }
  }
  return {
    code,
    reason: 'there is no such node, though the kernel has the device: a container hides it',
    cure: sentence`run it outside of the container, or make the node: ${shell(`mknod -m 600 ${path} c 1 ${minor}`)}`,
    evidence,
  }
}
