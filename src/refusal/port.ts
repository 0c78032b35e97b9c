import { sentence } from '../base/cure.ts'
import type { System } from '../linux/system.ts'
import { privilegeRefusal } from './capability.ts'
import { configEvidence, memDevice } from './evidence.ts'
import { hiddenNode } from './hidden-node.ts'
import { explainOpen } from './node.ts'
import type { Refusal } from './refusal.ts'

/** Why /dev/port could not be opened: drivers/char/mem.c, open_port() and memory_open(). */
export function explainDevPortOpen(errno: string, system: System): Refusal {
  switch (errno) {
    case 'ENOENT':
    case 'ENXIO':
      return noDevPort(errno, system)
    case 'EPERM':
      return privilegeRefusal('CAP_SYS_RAWIO', system)
    default:
      return explainOpen(errno)
  }
}

function noDevPort(errno: string, system: System): Refusal {
  const device = memDevice('port', system)
  const code = 'EREFUSED_NO_PORTS'
  const evidence = device?.evidence ?? []
  if (errno === 'ENXIO' || device?.built === false) {
    const reason = `the kernel was built without CONFIG_DEVPORT (${errno})`
    return { code, reason, cure: 'use a kernel with CONFIG_DEVPORT=y', evidence }
  }
  if (device) return hiddenNode({ code, path: '/dev/port', minor: 4, evidence }, system)
  return {
    code,
    reason: 'there is no such node: the kernel has no /dev/port, or a container hides it (ENOENT)',
    cure: 'use a kernel with CONFIG_DEVPORT=y, or run outside of the container',
  }
}

/** Why ioperm() was refused: arch/x86/kernel/ioport.c, ksys_ioperm(). */
export function explainIoperm(errno: string, system: System): Refusal {
  switch (errno) {
    case 'ENOSYS':
      return {
        code: 'EREFUSED_NO_PORTS',
        reason: 'the kernel was built without CONFIG_X86_IOPL_IOPERM (ENOSYS)',
        cure: 'use a kernel with CONFIG_X86_IOPL_IOPERM=y',
        evidence: configEvidence('CONFIG_X86_IOPL_IOPERM', system),
      }
    case 'EPERM':
      return privilegeRefusal('CAP_SYS_RAWIO', system)
    default:
      return { code: 'EREFUSED', reason: `it failed with ${errno}` }
  }
}

/** Why there are no ports at all. */
export function noPorts(cpu: string): Refusal {
  return {
    code: 'EPLATFORM',
    reason: `only x86 has I/O ports, but this CPU is ${cpu}`,
    cure: sentence`on this CPU the registers behind I/O BARs are memory: use their addresses, as ${{ act: 'show the map' }} shows them`,
  }
}
