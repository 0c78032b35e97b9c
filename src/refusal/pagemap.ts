import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readCredentials } from '../linux/credentials.ts'
import { readKernelConfig } from '../linux/kernel-config.ts'
import { readProcess } from '../linux/processes.ts'
import type { Refusal } from './refusal.ts'

/**
 * Why the pagemap of a process could not be opened: fs/proc/base.c, proc_mem_open(), which asks for
 * PTRACE_MODE_READ.
 */
export function explainPagemapOpen(errno: string, pid: number, root: string): Refusal {
  switch (errno) {
    case 'ENOENT':
      return existsSync(join(root, 'proc', String(pid))) ? noPagemap(root) : noProcess(pid, root)
    case 'ESRCH':
    case 'ENOTDIR':
      return noProcess(pid, root)
    case 'EACCES':
    case 'EPERM':
      return {
        code: 'EPERMISSION',
        reason: `the process belongs to another user, or protects itself (${errno})`,
        cure: 'run it as root, or as the user of that process',
      }
    default:
      return { code: 'EOPEN', reason: errno }
  }
}

/** Why a process has no memory: it is a thread of the kernel, or has ended. */
export function noProcess(pid: number, root: string): Refusal {
  const process = readProcess(pid, root)
  if (process?.kernelThread) {
    return {
      code: 'EKERNELTHREAD',
      reason: `it is a thread of the kernel (${process.name}), which has no memory of its own`,
      cure: 'name a symbol or an address of the kernel: kernel:jiffies',
    }
  }
  if (process === undefined) {
    return { code: 'ENOPROCESS', reason: 'there is no such process (any more)' }
  }
  const reason =
    process.state === 'Z'
      ? 'it has ended, and only waits for its parent to hear of it (a zombie)'
      : 'its memory is gone: it has ended, or runs another program now'
  return { code: 'ENOPROCESS', reason }
}

function noPagemap(root: string): Refusal {
  const config = readKernelConfig(root)
  const line = config?.line('CONFIG_PROC_PAGE_MONITOR')
  return {
    code: 'ENOPAGEMAP',
    reason: 'the kernel was built without CONFIG_PROC_PAGE_MONITOR',
    cure: 'use a kernel with CONFIG_PROC_PAGE_MONITOR=y',
    ...(config && line !== undefined ? { evidence: [{ file: config.source, line }] } : {}),
  }
}

/**
 * Why frames and swap entries read as 0: fs/proc/task_mmu.c, pagemap_open(), which asks for
 * CAP_SYS_ADMIN in the initial user namespace.
 */
export function explainHiddenFrames(root: string): Refusal {
  const { userNamespace, has, evidence } = readCredentials(root)
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
    cure: 'run it as root',
    ...(evidence.effective ? { evidence: [evidence.effective] } : {}),
  }
}
