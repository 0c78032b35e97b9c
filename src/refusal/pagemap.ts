import { readCredentials } from '../linux/credentials.ts'
import { readProcess } from '../linux/processes.ts'
import { isThere } from '../linux/read.ts'
import type { System } from '../linux/system.ts'
import { printable } from '../text/refuse.ts'
import { capabilityRefusal } from './capability.ts'
import { missingFile } from './missing.ts'
import type { Refusal } from './refusal.ts'

/**
 * Why the pagemap of a process could not be opened: fs/proc/base.c, proc_mem_open(), which asks for
 * PTRACE_MODE_READ.
 */
export function explainPagemapOpen(errno: string, pid: number, system: System): Refusal {
  switch (errno) {
    case 'ENOENT':
      return isThere(system.files, `/proc/${pid}`) ? noPagemap(system) : noProcess(pid, system)
    case 'ESRCH':
    case 'ENOTDIR':
      return noProcess(pid, system)
    case 'EACCES':
    case 'EPERM':
      return foreignProcess(errno, system)
    default:
      return { code: 'EOPEN', reason: errno }
  }
}

/** Why a process has no memory: it is a thread of the kernel, or has ended. */
export function noProcess(pid: number, system: System): Refusal {
  const process = readProcess(pid, system.files)
  if (process?.kernelThread) {
    return {
      code: 'EKERNELTHREAD',
      reason: `it is a thread of the kernel (${printable(process.name)}), which has no memory of its own`,
      cure: 'name a symbol or an address of the kernel: kernel:jiffies',
    }
  }
  if (process === undefined) {
    return { code: 'ENOPROCESS', reason: 'there is no such process (any more)' }
  }
  const reason =
    process.state === 'Z'
      ? 'it has ended, and its parent has not reaped it yet (a zombie)'
      : 'its memory is gone: it has ended, or runs another program now'
  return { code: 'ENOPROCESS', reason }
}

function noPagemap(system: System): Refusal {
  return { code: 'ENOPAGEMAP', ...missingFile(['CONFIG_PROC_PAGE_MONITOR'], system) }
}

/**
 * Why a process may not be looked into: kernel/ptrace.c, ptrace_may_access(), which lets the same
 * user, and CAP_SYS_PTRACE in the user namespace of the process; then it asks the security modules.
 */
function foreignProcess(errno: string, system: System): Refusal {
  const { uid, has, userNamespace, evidence } = readCredentials(system.files)
  const code = 'EPERMISSION'
  const shown = evidence.effective ? [evidence.effective] : []
  if (userNamespace === 'other') {
    return {
      code,
      reason: `the process is not in this user namespace, or protects itself (${errno})`,
      cure: 'run it as root, outside of the user namespace',
      evidence: evidence.userNamespace ? [evidence.userNamespace] : [],
    }
  }
  if (has('CAP_SYS_PTRACE')) {
    return {
      code,
      reason: `a security module forbids it, whatever the capabilities (${errno})`,
      cure: "run it outside of the container, or look into the kernel's log for what denied it",
      evidence: shown,
    }
  }
  if (uid === 0) {
    return {
      code,
      reason: `the process has capabilities that this one lacks, or is of another user, and CAP_SYS_PTRACE is missing (${errno})`,
      cure: 'start this process, or its container, with CAP_SYS_PTRACE',
      evidence: shown,
    }
  }
  return {
    code,
    reason: `the process belongs to another user, or protects itself (${errno})`,
    cure: 'run it as root, or as the user of that process',
    evidence: evidence.uid ? [evidence.uid] : [],
  }
}

/**
 * Why frames and swap entries read as 0: fs/proc/task_mmu.c, pagemap_open(), which asks for
 * CAP_SYS_ADMIN in the initial user namespace.
 */
export function explainHiddenFrames(system: System): Refusal {
  const { userNamespace, has, evidence } = readCredentials(system.files)
  if (userNamespace === 'other') {
    return {
      code: 'EHIDDEN',
      reason:
        'the kernel hides frames from this process: it is in a user namespace, where capabilities do not count for them',
      cure: 'run it as root outside of the user namespace (of the container)',
      ...(evidence.userNamespace ? { evidence: [evidence.userNamespace] } : {}),
    }
  }
  const lacks = has('CAP_SYS_ADMIN') ? 'lacked' : 'lacks'
  return {
    code: 'EHIDDEN',
    reason: `the kernel hides frames from this process: it ${lacks} the capability CAP_SYS_ADMIN`,
    cure: capabilityRefusal('CAP_SYS_ADMIN', system)?.cure ?? 'run it as root',
    ...(evidence.effective ? { evidence: [evidence.effective] } : {}),
  }
}
