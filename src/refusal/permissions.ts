import { readCredentials } from '../linux/credentials.ts'
import type { System } from '../linux/system.ts'
import type { Refusal } from './refusal.ts'

/**
 * Why an EACCES is: fs/namei.c, may_open(), the permissions of the file, which CAP_DAC_OVERRIDE
 * overrides. `others` is what else forbids it, then.
 */
export function permissionRefusal(
  system: System,
  others = 'a security module forbids it',
): Refusal {
  const { uid, evidence, has } = readCredentials(system.files)
  const code = 'EPERMISSION'
  if (uid === 0 && has('CAP_DAC_OVERRIDE')) {
    return {
      code,
      reason: `${others} (EACCES)`,
      cure: "look into the kernel's log for what SELinux or AppArmor denied",
      evidence: evidence.effective ? [evidence.effective] : [],
    }
  }
  return {
    code,
    reason: 'its permissions do not allow it (EACCES)',
    cure: 'run it as root',
    evidence: evidence.uid ? [evidence.uid] : [],
  }
}
