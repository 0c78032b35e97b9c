import type { System } from '../linux/system.ts'
import { privilegeRefusal } from './capability.ts'
import { memDevice } from './evidence.ts'
import { withKmod } from './get-kmod.ts'
import { hiddenNode } from './hidden-node.ts'
import { permissionRefusal } from './permissions.ts'
import type { Refusal } from './refusal.ts'

/** What else than its permissions closes a node of a device. */
const MODULE = 'a security module, or a file system mounted with nodev, forbids it'

/**
 * Why /dev/mem could not be opened: drivers/char/mem.c, open_port() and memory_open().
 * `undefined` for an errno that says nothing of /dev/mem.
 */
export function explainDevMemOpen(errno: string, system: System): Refusal | undefined {
  switch (errno) {
    case 'ENOENT':
      return explainMissing(system)
    case 'ENXIO':
      return {
        code: 'EREFUSED_NO_DEVMEM',
        reason: 'the kernel was built without CONFIG_DEVMEM (ENXIO)',
        ...withKmod(system, ['use a kernel with CONFIG_DEVMEM=y']),
        evidence: memDevice('mem', system)?.evidence ?? [],
      }
    case 'EACCES':
      return permissionRefusal(system, MODULE)
    case 'EPERM':
      return privilegeRefusal('CAP_SYS_RAWIO', system)
    default:
      return undefined
  }
}

function explainMissing(system: System): Refusal {
  const device = memDevice('mem', system)
  const code = 'EREFUSED_NO_DEVMEM'
  if (device === undefined) {
    return {
      code,
      reason: 'there is no such node: the kernel has no /dev/mem, or a container hides it',
      ...withKmod(system, ['use a kernel with CONFIG_DEVMEM=y', 'run outside of the container']),
    }
  }
  const { built, evidence } = device
  if (!built) {
    const reason = 'there is no such node: the kernel was built without CONFIG_DEVMEM'
    return { code, reason, ...withKmod(system, ['use a kernel with CONFIG_DEVMEM=y']), evidence }
  }
  return hiddenNode({ code, path: '/dev/mem', minor: 1, evidence }, system)
}
