import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { errnoName } from '../base/errno.ts'
import { PhysmemError } from '../base/errors.ts'
import { loadAddon } from '../engine/addon.ts'
import type { Mode } from '../engine/source.ts'
import { openKmodDevice } from '../kmod/client/device.ts'
import type { FileStatus } from '../linux/files.ts'
import type { LocalSystem } from '../linux/system.ts'
import type { Refusal } from '../refusal/refusal.ts'

/** The name of the system's answer, `EPERM`; `undefined` where it did as it was asked. */
export type Errno = string | undefined

/** What a doctor tries. Each opens what it needs, closes it again, and throws nothing. */
export interface Attempts {
  /** Bytes. */
  readonly pageSize: number
  open(file: string, mode: Mode): Errno
  /** Maps a page at an offset of a file, without an access. */
  map(file: string, offset: number, mode: Mode): Errno
  /** What a mapping of a file shows: as many bytes, by loads of 32 bits. */
  load(file: string, offset: number, length: number): Uint8Array | string
  /** Stores 32 bits by a mapping of a file. */
  store(file: string, offset: number, value: number): Errno
  /** What pread() gives. */
  read(file: string, position: bigint, length: number): Uint8Array | string
  status(file: string): FileStatus | undefined
  /** Why the module behind /dev/physmem, which opens, is not one that this physmem knows. */
  kmod(): Refusal | undefined
  /** Asks for one I/O port, and does not use it. `unknown` for another machine than this one. */
  ioperm(): Errno
  /**
   * Opens a node of a memory device that is made for that and removed at once. `unknown` where none
   * can be made, and for another machine than this one.
   */
  freshNode(minor: number): Promise<Errno>
}

/** The real ones, of nodes of a machine. */
export function attemptsAt(system: LocalSystem): Attempts {
  const at = (file: string) => system.at(file)
  return {
    pageSize: loadAddon().pageSize,
    open: (file, mode) => outcome(() => withFile(at(file), mode, () => undefined)),
    map: (file, offset, mode) =>
      outcome(() => withFile(at(file), mode, (fd) => mapped(fd, offset, mode, () => undefined))),
    load: (file, offset, length) =>
      attempt(() =>
        withFile(at(file), 'read', (fd) =>
          mapped(fd, offset, 'read', (window) => {
            const bytes = new Uint8Array(length)
            checkDone(window.readBlock(0, 4, false, bytes), length / 4)
            return bytes
          }),
        ),
      ),
    store: (file, offset, value) =>
      outcome(() =>
        withFile(at(file), 'write', (fd) =>
          mapped(fd, offset, 'write', (window) => {
            const bytes = new Uint8Array(new Uint32Array([value]).buffer)
            checkDone(window.writeBlock(0, 4, false, bytes), 1)
          }),
        ),
      ),
    read: (file, position, length) =>
      attempt(() => withFile(at(file), 'read', (fd) => readAt(fd, position, length))),
    status: (file) => system.files.status(file),
    kmod: () => kmodRefusal(system),
    ...(system.isHere ? { ioperm, freshNode } : ELSEWHERE),
  }
}

/** A bus error in an access ends as EFAULT. */
function checkDone(done: number, elements: number): void {
  if (done < elements) throw Object.assign(new Error('fault'), { code: 'EFAULT' })
}

function kmodRefusal(system: LocalSystem): Refusal | undefined {
  try {
    openKmodDevice('read', system).close()
    return undefined
  } catch (error) {
    if (!(error instanceof PhysmemError)) throw error
    const { cure, evidence } = error.data
    const data = { ...(cure === undefined ? {} : { cure }), ...(evidence ? { evidence } : {}) }
    return { code: error.code, reason: error.message, ...data }
  }
}

/** What no folder can stand for is asked of this machine only. */
const ELSEWHERE = { ioperm: () => 'unknown', freshNode: async () => 'unknown' }

/** Firmware writes how far it got to this port; nothing else uses it. */
export const POST_CODE = 0x80

function ioperm(): Errno {
  const answer = loadAddon().portAllow?.(POST_CODE, 1) ?? 0
  return answer === 0 ? undefined : errnoName(answer)
}

function attempt<T>(work: () => T): T | string {
  try {
    return work()
  } catch (error) {
    const { code, errno } = error as { code?: string; errno?: number }
    if (typeof code === 'string') return code
    if (typeof errno === 'number') return errnoName(Math.abs(errno))
    throw error
  }
}

function outcome(work: () => void): Errno {
  const answer = attempt(() => {
    work()
    return undefined
  })
  return answer
}

function withFile<T>(path: string, mode: Mode, work: (fd: number) => T): T {
  const access = mode === 'write' ? constants.O_RDWR : constants.O_RDONLY
  const fd = openSync(path, access | constants.O_SYNC)
  try {
    return work(fd)
  } finally {
    closeSync(fd)
  }
}

type Mapped = ReturnType<ReturnType<typeof loadAddon>['windowMap']>

/** The page at an offset; whoever accesses it does so through the engine's guard. */
function mapped<T>(fd: number, offset: number, mode: Mode, work: (window: Mapped) => T): T {
  const { pageSize, windowMap } = loadAddon()
  const window = windowMap(fd, offset, pageSize, mode === 'write', new Uint32Array(3))
  try {
    return work(window)
  } finally {
    window.close()
  }
}

function readAt(fd: number, position: bigint, length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  let done = 0
  while (done < length) {
    const count = readSync(fd, bytes, done, length - done, position + BigInt(done))
    if (count === 0) break
    done += count
  }
  return bytes.subarray(0, done)
}

/** Node has no call for mknod: that of coreutils or busybox does it. */
async function freshNode(minor: number): Promise<Errno> {
  const { spawnSync } = await import('node:child_process')
  const folder = mkdtempSync(join(tmpdir(), 'physmem-node-'))
  try {
    const node = join(folder, 'node')
    const made = spawnSync('mknod', ['-m', '600', node, 'c', '1', String(minor)])
    if (made.status !== 0) return 'unknown'
    return outcome(() => withFile(node, 'read', () => undefined))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
