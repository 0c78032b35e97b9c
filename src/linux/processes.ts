import { RefusedError } from '../base/errors.ts'
import type { Files } from './files.ts'
import { filesAt } from './files-at.ts'
import { listNumbered, readText } from './read.ts'

/** A process, from /proc/PID/stat. */
export interface Process {
  pid: number
  /** At most 15 bytes; for a kernel thread up to 63. Any character may be in it. */
  name: string
  /** A thread of the kernel: it has no user memory. */
  kernelThread: boolean
  /** One letter, as `ps` shows it: `R`, `S`, `D`, `Z` (a zombie has no memory any more), … */
  state: string
}

// include/linux/sched.h
const PF_KTHREAD = 0x0020_0000

/**
 * Parses /proc/PID/stat (fs/proc/array.c, do_task_stat): `PID (NAME) STATE PPID PGRP SESSION TTY
 * TPGID FLAGS …`. The name may hold anything, also `)` and blanks. `undefined` for another form.
 */
export function parseStat(text: string): Process | undefined {
  const open = text.indexOf('(')
  const close = text.lastIndexOf(')')
  const pid = text.slice(0, Math.max(open, 0)).trim()
  const [state = '', , , , , , flags = ''] = text
    .slice(close + 1)
    .trim()
    .split(' ')
  if (open < 0 || close < open || !isPid(pid) || !/^[A-Za-z]$/.test(state)) return undefined
  const name = text.slice(open + 1, close)
  const bits = /^\d{1,10}$/.test(flags) ? Number(flags) : 0
  return { pid: Number(pid), name, kernelThread: (bits & PF_KTHREAD) !== 0, state }
}

function isPid(text: string): boolean {
  return /^[1-9]\d{0,9}$/.test(text)
}

/** A process, or `undefined` when there is none of this number (any more). */
export function readProcess(pid: number, files: Files = filesAt()): Process | undefined {
  return parseStat(readText(files, `/proc/${pid}/stat`) ?? '')
}

/** All processes that this user may see, by rising number. Those that end meanwhile are left out. */
export function listProcesses(files: Files = filesAt()): Process[] {
  return listNumbered(files, '/proc', '').flatMap((pid) => readProcess(pid, files) ?? [])
}

/**
 * The text of a file of /proc/PID. Throws RefusedError: ENOPROCESS when the process is gone,
 * EPERMISSION when it belongs to another user, EOPEN for any other reason.
 */
export function readProcessFile(pid: number, file: string, files: Files = filesAt()): string {
  const path = `/proc/${pid}/${file}`
  const text = files.text(path)
  if (text === undefined) throw processRefusal(pid, file, files.errno(path))
  return text
}

/** Why a file of /proc/PID could not be opened or read. To be thrown by the caller. */
export function processRefusal(
  pid: number,
  file: string,
  errno = 'unknown error',
  cause?: unknown,
): RefusedError {
  const data = { errno, pid }
  if (errno === 'ENOENT' || errno === 'ESRCH') {
    return new RefusedError('ENOPROCESS', `there is no process ${pid} (any more)`, data, { cause })
  }
  const code = errno === 'EACCES' || errno === 'EPERM' ? 'EPERMISSION' : 'EOPEN'
  return new RefusedError(code, `/proc/${pid}/${file} cannot be read: ${errno}`, data, { cause })
}
