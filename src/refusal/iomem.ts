import { readCredentials } from '../linux/credentials.ts'
import type { Refusal } from './refusal.ts'

/**
 * Why /proc/iomem and /proc/ioports show zeros: kernel/resource.c, r_show(), which asks for
 * CAP_SYS_ADMIN in the initial user namespace.
 */
export function hiddenAddresses(root: string): Refusal {
  const cure = 'run it as root, outside of a user namespace'
  if (readCredentials(root).userNamespace === 'other') {
    const reason = 'this process is in a user namespace, where no capability shows them'
    return { code: 'EPERMISSION', reason, cure }
  }
  const reason = 'this process lacks the capability CAP_SYS_ADMIN'
  return { code: 'EPERMISSION', reason, cure }
}
