import { readCredentials } from '../linux/credentials.ts'
import type { System } from '../linux/system.ts'
import { capabilityRefusal } from './capability.ts'
import type { Refusal } from './refusal.ts'

/**
 * Why /proc/iomem and /proc/ioports show zeros: kernel/resource.c, r_show(), which asks for
 * CAP_SYS_ADMIN in the initial user namespace.
 */
export function hiddenAddresses(system: System): Refusal {
  const lacking = capabilityRefusal('CAP_SYS_ADMIN', system)
  const cure = lacking?.cure ?? 'run it as root, outside of a user namespace'
  const { userNamespace, evidence } = readCredentials(system.files)
  if (userNamespace === 'other') {
    const reason = 'this process is in a user namespace, where no capability shows them'
    const shown = evidence.userNamespace ? [evidence.userNamespace] : []
    return { code: 'EPERMISSION', reason, cure, evidence: shown }
  }
  const reason = 'this process lacks the capability CAP_SYS_ADMIN'
  const shown = evidence.effective ? [evidence.effective] : []
  return { code: 'EPERMISSION', reason, cure, evidence: shown }
}
