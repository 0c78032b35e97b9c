import { closeSync, constants, fstatSync, lstatSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { sentence, shell } from '../base/cure.ts'
import { errnoName } from '../base/errno.ts'
import { RefusedError } from '../base/errors.ts'
import type { Pending } from '../base/pending.ts'
import { loadAddon } from '../engine/addon.ts'
import type { AgentLocks, LockTrouble, LockWish } from '../remote/locks.ts'
import { remedied } from '../wording/cure.ts'

export interface LockOptions {
  /** Where the files of locks are: /run/lock (hier(7), FHS 3.0: /run/lock). */
  folder: string
  /** Whose files are trusted besides root's. */
  uid: number
  /** How long another holder is waited for. Default: 2 s. */
  waitMs?: number
  /** Told why something is not locked. */
  notify?: (text: string) => void
}

const WAIT_MS = 2000
const PAUSE_MS = 2
// include/uapi/asm-generic/errno-base.h
const EAGAIN = 11

/**
 * Runs `act` while this process alone of all physmem has these keys: pages of physical memory. The locks
 * are advisory, of files that stay; what holds one is gone with its process. What cannot be locked
 * (no folder, another user's file, a link) is told, and `act` runs all the same. Rejects with EINUSE
 * where another process keeps one.
 */
export async function withLocks<T>(
  keys: readonly string[],
  options: LockOptions,
  act: () => Pending<T>,
): Promise<T> {
  const held: number[] = []
  try {
    for (const key of inOrder(keys)) {
      const fd = await lock(key, options)
      if (fd !== undefined) held.push(fd)
    }
    return await act()
  } finally {
    for (const fd of held) closeSync(fd)
  }
}

async function lock(key: string, options: LockOptions): Promise<number | undefined> {
  const { folder, waitMs = WAIT_MS, uid, notify } = options
  const path = pathOf(folder, key)
  const tell = (trouble: LockTrouble) => notify?.(notLocked(path, trouble))
  const fd = openLock(path, uid, tell)
  if (fd === undefined) return undefined
  const end = performance.now() + waitMs
  for (;;) {
    const answer = loadAddon().fileLock(fd)
    if (answer === 0) return fd
    if (answer !== -EAGAIN || performance.now() >= end) {
      closeSync(fd)
      if (answer === -EAGAIN) throw held(path, waitMs)
      tell({ is: 'refused', errno: errnoName(-answer) })
      return undefined
    }
    await setTimeout(PAUSE_MS)
  }
}

/** The same on a machine far away, where its agent trusts files of root and of its own user. */
export async function withFarLocks<T>(
  keys: readonly string[],
  { folder, waitMs = WAIT_MS, notify }: Omit<LockOptions, 'uid'>,
  locks: AgentLocks,
  act: () => Promise<T>,
): Promise<T> {
  const paths = inOrder(keys).map((key) => pathOf(folder, key))
  const wish: LockWish = {
    ...{ paths, waitMs },
    tell: (path, trouble) => notify?.(notLocked(path, trouble)),
    held: (path) => held(path, waitMs),
  }
  return await locks.hold(wish, act)
}

/** All in one order, so that no two wait for each other. */
function inOrder(keys: readonly string[]): string[] {
  return [...new Set(keys)].sort()
}

function pathOf(folder: string, key: string): string {
  return join(folder, `physmem-${key.replace(/[^\w.-]/g, '_')}.lock`)
}

function notLocked(path: string, trouble: LockTrouble): string {
  return `no lock against other processes: ${path} ${whyNot(trouble)}`
}

function whyNot(trouble: LockTrouble): string {
  switch (trouble.is) {
    case 'foreign':
      return `belongs to user ${trouble.uid}`
    case 'no file':
      return 'is not a regular file'
    case 'link':
      return 'is a link'
    case 'no folder':
      return 'cannot be created: there is no such folder'
    case 'unsteady':
      return 'comes and goes'
    case 'unopened':
      return `cannot be opened (${trouble.errno})`
    case 'refused':
      return `cannot be locked (${trouble.errno})`
  }
}

function held(path: string, waitMs: number): RefusedError {
  const message = `another physmem has been changing a register of the same page for more than ${waitMs} ms (${path})`
  const cure = sentence`${shell(`fuser ${path}`)} says which one`
  return new RefusedError('EINUSE', message, ...remedied({ cure }))
}

/** The open file of a lock, made where there is none. `undefined` for what is not to be trusted. */
function openLock(
  path: string,
  uid: number,
  tell: (trouble: LockTrouble) => void,
): number | undefined {
  const { O_RDONLY, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK } = constants
  // Two attempts: it may be made, or go, in between. Never O_CREAT without O_EXCL: in a folder of all
  // it would open what another put there (Documentation/admin-guide/sysctl/fs.rst, protected_regular).
  for (let attempt = 0; attempt < 4; attempt++) {
    try {
      const fd =
        lstatSync(path, { throwIfNoEntry: false }) === undefined
          ? openSync(path, O_RDONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o644)
          : openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
      const status = fstatSync(fd)
      const isOurs = status.uid === uid || status.uid === 0
      if (status.isFile() && isOurs) return fd
      closeSync(fd)
      tell(status.isFile() ? { is: 'foreign', uid: status.uid } : { is: 'no file' })
      return undefined
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EEXIST' || code === 'ENOENT') {
        if (lstatSync(join(path, '..'), { throwIfNoEntry: false }) !== undefined) continue
        tell({ is: 'no folder' })
        return undefined
      }
      if (code === undefined) throw error
      tell(code === 'ELOOP' ? { is: 'link' } : { is: 'unopened', errno: code })
      return undefined
    }
  }
  tell({ is: 'unsteady' })
  return undefined
}
