import type { FileStatus } from '../linux/files.ts'
import type { System } from '../linux/system.ts'
import { counted } from '../text/count.ts'
import { privilegeRefusal } from './capability.ts'
import { missingFile } from './missing.ts'
import { explainOpen } from './node.ts'
import { permissionRefusal } from './permissions.ts'
import type { Refusal } from './refusal.ts'

const OUTSIDE = 'run it outside of the container'

/** Why /proc/kcore could not be opened: fs/proc/kcore.c, open_kcore(). */
export function explainKcoreOpen(errno: string, system: System): Refusal {
  switch (errno) {
    case 'ENOENT':
      return noKcore(system)
    case 'EACCES':
      return permissionRefusal(system)
    case 'EPERM':
      return privilegeRefusal('CAP_SYS_RAWIO', system, 'confidentiality')
    default:
      return explainOpen(errno)
  }
}

function noKcore(system: System): Refusal {
  const { reason, ...missing } = missingFile(['CONFIG_PROC_KCORE'], system)
  return { code: 'EREFUSED_NO_KCORE', reason: `there is no such file: ${reason}`, ...missing }
}

/**
 * Why it holds nothing: container runtimes mount /dev/null or an empty file over it. `status` is
 * that of what is in its place.
 */
export function maskedKcore(status: FileStatus | undefined): Refusal {
  return {
    code: 'EREFUSED_NO_KCORE',
    reason: 'it is empty, since a container hides it',
    cure: OUTSIDE,
    evidence: status === undefined ? [] : [{ file: '/proc/kcore', line: describeNode(status) }],
  }
}

function describeNode({ kind, size, rdev }: FileStatus): string {
  if (kind !== 'character device') return counted(size, 'byte')
  return `a character device (${rdev.replace(':', ', ')}): /dev/null is 1, 3`
}

/** Why it has no physical addresses. */
export function kcoreWithoutPhysical(): Refusal {
  return {
    code: 'EREFUSED',
    reason:
      'its headers have no physical addresses, as before Linux 4.11, and /proc/iomem does not give them either',
    cure: 'run it as root, so that /proc/iomem shows addresses, or use a newer kernel',
  }
}
