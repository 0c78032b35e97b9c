import type { Evidence } from '../base/evidence.ts'
import { type Capability, readCredentials } from '../linux/credentials.ts'
import type { System } from '../linux/system.ts'
import { knownLockdown, lockdownRefusal } from './lockdown.ts'
import type { Refusal } from './refusal.ts'

/**
 * Why a process may not do what the kernel asks a capability for in the initial user namespace.
 * `undefined` when it has the capability there, or nothing is known.
 */
export function capabilityRefusal(capability: Capability, system: System): Refusal | undefined {
  const credentials = readCredentials(system.files)
  const { userNamespace, effective } = credentials.evidence
  if (credentials.userNamespace === 'other') {
    return {
      code: 'EPERMISSION',
      reason:
        'this process is in a user namespace, where no capability counts for physical memory (EPERM)',
      cure: 'run it as root, outside of the user namespace (a rootless container is one)',
      evidence: present(userNamespace),
    }
  }
  if (effective === undefined || credentials.has(capability)) return undefined
  const attainable = credentials.evidence.bounding === undefined || credentials.mayHave(capability)
  return {
    code: 'EPERMISSION',
    reason: `this process lacks the capability ${capability} (EPERM)`,
    cure: attainable
      ? 'run it as root, outside of a user namespace'
      : `start the process, or its container, with ${capability}: its bounding set lacks it`,
    evidence: present(effective),
  }
}

/** What forbids something to those who have the capability for it. */
const OTHERS = 'a device cgroup or a security module forbids it'

/**
 * Why an EPERM is where the kernel asks for a capability, and then whether it is locked down, in
 * this order. `least` is the level of lockdown that forbids it, if one does.
 */
export function privilegeRefusal(
  capability: Capability,
  system: System,
  least: 'integrity' | 'confidentiality' | 'never' = 'integrity',
): Refusal {
  const locked = least === 'never' ? undefined : lockdownRefusal(system, least)
  const known = capabilityRefusal(capability, system) ?? locked
  if (known !== undefined) return known
  const { effective } = readCredentials(system.files).evidence
  const lockdown = least === 'never' ? { evidence: [] } : knownLockdown(system)
  const evidence = [...present(effective), ...(lockdown?.evidence ?? [])]
  const base = { code: 'EPERMISSION', evidence } as const
  if (effective === undefined) {
    const cure = 'run it as root, outside of a user namespace'
    return { ...base, reason: `this process lacks the capability ${capability} (EPERM)`, cure }
  }
  if (lockdown !== undefined) {
    return { ...base, reason: `${OTHERS} (EPERM)`, cure: 'run it outside of the container' }
  }
  const cure = 'mount securityfs and read /sys/kernel/security/lockdown, which says so'
  return { ...base, reason: `the kernel is locked down, or ${OTHERS} (EPERM)`, cure }
}

function present(evidence: Evidence | undefined): Evidence[] {
  return evidence === undefined ? [] : [evidence]
}
