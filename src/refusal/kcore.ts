import { privilegeRefusal } from './capability.ts'
import { configEvidence } from './evidence.ts'
import type { Refusal } from './refusal.ts'

const OUTSIDE = 'run it outside of the container'

/** Why /proc/kcore could not be opened: fs/proc/kcore.c, open_kcore(). */
export function explainKcoreOpen(errno: string, root: string): Refusal | undefined {
  switch (errno) {
    case 'ENOENT':
      return {
        code: 'EREFUSED_NO_KCORE',
        reason: 'there is no such file: the kernel was built without CONFIG_PROC_KCORE (ENOENT)',
        cure: 'use a kernel with CONFIG_PROC_KCORE=y',
        evidence: configEvidence('CONFIG_PROC_KCORE', root),
      }
    case 'EACCES':
      return {
        code: 'EPERMISSION',
        reason: 'its permissions do not let this user (EACCES)',
        cure: 'run it as root',
      }
    case 'EPERM':
      return privilegeRefusal('CAP_SYS_RAWIO', root, 'confidentiality')
    default:
      return undefined
  }
}

/** Why it holds nothing: container runtimes mount /dev/null or an empty file over it. */
export function maskedKcore(): Refusal {
  return {
    code: 'EREFUSED_NO_KCORE',
    reason: 'it is empty, since a container hides it',
    cure: OUTSIDE,
  }
}

/** Why it has no physical addresses. */
export function kcoreWithoutPhysical(): Refusal {
  return {
    code: 'EREFUSED',
    reason:
      'its headers have no physical addresses, as before Linux 4.11, and /proc/iomem does not tell them either',
    cure: 'run it as root, so that /proc/iomem shows addresses, or use a newer kernel',
  }
}
