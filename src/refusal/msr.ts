import { sentence, shell } from '../base/cure.ts'
import { cpuListFile, hasCpu, readCpus } from '../linux/cpu-list.ts'
import { readKernelConfig } from '../linux/kernel-config.ts'
import { isThere, listFolder, readLine } from '../linux/read.ts'
import type { System } from '../linux/system.ts'
import { privilegeRefusal } from './capability.ts'
import { configEvidence, optionEvidence } from './evidence.ts'
import { lockdownRefusal } from './lockdown.ts'
import { explainNoModules } from './modules.ts'
import { explainOpen } from './node.ts'
import { permissionRefusal } from './permissions.ts'
import type { Refusal } from './refusal.ts'

/** The node of a CPU's registers. */
export const msrNode = (cpu: number) => `/dev/cpu/${cpu}/msr`

/** The class of the nodes, which is there while the driver is: msr_init(). */
const CLASS = '/sys/class/msr'
const ALLOW_WRITES = '/sys/module/msr/parameters/allow_writes'

/** Why there are no such registers at all. */
export function noMsrs(cpu: string): Refusal {
  return {
    code: 'EPLATFORM',
    reason: `only x86 has model-specific registers, but this CPU is ${cpu}`,
  }
}

/** Why the node of a CPU could not be opened: arch/x86/kernel/msr.c, msr_open(). */
export function explainMsrOpen(errno: string, cpu: number, system: System): Refusal {
  switch (errno) {
    case 'ENOENT':
    case 'ENXIO':
      return explainNoCpu(errno, cpu, system) ?? explainNoNode(errno, cpu, system)
    case 'EACCES':
      return permissionRefusal(
        system,
        'a security module, or a file system mounted with nodev, forbids it',
      )
    case 'EPERM':
      return privilegeRefusal('CAP_SYS_RAWIO', system, 'never')
    case 'EIO':
      return { code: 'EPLATFORM', reason: 'this CPU has no model-specific registers (EIO)' }
    default:
      return explainOpen(errno)
  }
}

/** Why an access found no CPU (ENXIO): it was taken off line, as the node was open. */
export function explainCpuGone(cpu: number, system: System): Refusal {
  return explainNoCpu('ENXIO', cpu, system) ?? goneOffline(cpu, 'ENXIO')
}

/** Of a CPU that is not there, or off: its node is only there while it is on. */
function explainNoCpu(errno: string, cpu: number, system: System): Refusal | undefined {
  const evidence = (which: 'present' | 'online') => {
    const file = cpuListFile(which)
    return [{ file, line: readLine(system.files, file) }]
  }
  const present = readCpus('present', system.files)
  if (present && !hasCpu(present, cpu)) {
    return {
      code: 'ENOPLACE',
      reason: `there is no CPU ${cpu}, only ${readLine(system.files, cpuListFile('present'))} (${errno})`,
      evidence: evidence('present'),
    }
  }
  const online = readCpus('online', system.files)
  if (online === undefined || hasCpu(online, cpu)) return undefined
  return { ...goneOffline(cpu, errno), evidence: evidence('online') }
}

function goneOffline(cpu: number, errno: string): Refusal {
  return {
    code: 'EREFUSED',
    reason: `CPU ${cpu} is offline (${errno})`,
    cure: sentence`switch it on: ${shell(`echo 1 > /sys/devices/system/cpu/cpu${cpu}/online`)}`,
  }
}

function explainNoNode(errno: string, cpu: number, system: System): Refusal {
  const code = 'EREFUSED_NO_MSR'
  if (isThere(system.files, CLASS)) return hidden(errno, cpu, system)
  const config = readKernelConfig(system.files)
  const option = config?.get('CONFIG_X86_MSR')
  const evidence = configEvidence('CONFIG_X86_MSR', system)
  if (option === 'n') {
    const reason = `the kernel was built without CONFIG_X86_MSR (${errno})`
    return { code, reason, cure: 'use a kernel with CONFIG_X86_MSR=m', evidence }
  }
  if (option === 'y') return hidden(errno, cpu, system)
  const what =
    config === undefined
      ? 'the module msr is not loaded, or the kernel was built without CONFIG_X86_MSR'
      : 'the module msr is not loaded'
  const none = explainNoModules(system)?.refusal
  if (none !== undefined) {
    const all = [...evidence, ...(none.evidence ?? [])]
    return { ...none, code, reason: `${what} (${errno}), and ${none.reason}`, evidence: all }
  }
  return {
    code,
    reason: `${what} (${errno})`,
    cure: sentence`load it: ${shell('modprobe msr')}`,
    evidence,
  }
}

/** MSR_MAJOR of include/uapi/linux/major.h is 202. */
function hidden(errno: string, cpu: number, system: System): Refusal {
  const names = listFolder(system.files, CLASS)
  const config = readKernelConfig(system.files)
  const node = shell(`mkdir -p /dev/cpu/${cpu} && mknod -m 600 ${msrNode(cpu)} c 202 ${cpu}`)
  return {
    code: 'EREFUSED_NO_MSR',
    reason: `there is no such node, though the kernel has the driver: a container hides it (${errno})`,
    cure: sentence`run it outside of the container, or make the node: ${node}`,
    evidence: [
      ...(names.length > 0 ? [{ file: CLASS, line: names.join(' ') }] : []),
      ...(config ? [optionEvidence(config, 'CONFIG_X86_MSR')] : []),
    ],
  }
}

/**
 * Why the kernel will refuse every write of a process that may open the node for one: msr_write(), in
 * its order. `undefined` where nothing forbids it.
 */
export function explainMsrWrites(system: System): Refusal | undefined {
  return lockdownRefusal(system) ?? writesSwitchedOff(system)
}

/** The same of a write that was refused with EPERM. */
export function explainMsrWrite(system: System): Refusal {
  return (
    explainMsrWrites(system) ?? {
      code: 'EPERMISSION',
      reason: 'the kernel is locked down, or msr.allow_writes=off forbids it (EPERM)',
      cure: `look at /sys/kernel/security/lockdown and ${ALLOW_WRITES}, which say why`,
    }
  )
}

/** Since Linux 5.9: filter_write(). */
function writesSwitchedOff(system: System): Refusal | undefined {
  if (readLine(system.files, ALLOW_WRITES) !== 'off') return undefined
  return {
    code: 'EREFUSED',
    reason: 'the module msr permits no writes (msr.allow_writes=off, EPERM)',
    cure: sentence`allow it: ${shell(`echo on > ${ALLOW_WRITES}`)}`,
    evidence: [{ file: ALLOW_WRITES, line: 'off' }],
  }
}

/** Why the CPU refused an access (EIO): rdmsr or wrmsr raised #GP, which the kernel caught. */
export const MSR_FAULTS = {
  read: 'the CPU has no such register, or does not allow reading it: it raised a general protection fault (EIO)',
  written:
    'the CPU has no such register, or does not allow writing it, or not this value: it raised a general protection fault (EIO)',
} as const
