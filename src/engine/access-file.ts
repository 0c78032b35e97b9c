import { closeSync, readSync, writeSync } from 'node:fs'
import type { Pending } from '../base/pending.ts'
import type { FileStatus } from '../linux/files.ts'
import { toStatus } from '../linux/folder-files.ts'
import type { LocalSystem, System } from '../linux/system.ts'
import type { Refusal } from '../refusal/refusal.ts'
import { openFile, openingError } from './open-node.ts'
import type { Mode } from './source.ts'

/** An open file of the kernel, of which each read or write may be an access: none is repeated. */
export interface AccessFile {
  /** Its path, as a person names it. */
  readonly path: string
  readonly status: FileStatus
  /**
   * What pread() moves, which may be less. Throws an error whose `code` is the errno, or, far away,
   * ECONNECTION. What is longer than 64 KiB may be read in several calls.
   */
  read(bytes: Uint8Array, position: number | bigint): Pending<number>
  /** What one pwrite() moves. Throws as `read` does. */
  write(bytes: Uint8Array, position: number | bigint): Pending<number>
  close(): Pending<void>
}

/** Why a file could not be opened. */
export interface NotOpened {
  path: string
  errno: string
  cause?: unknown
}

/** What such files are opened with, on a machine wherever it is. */
export interface FileOpener {
  /** Answers a question over fresh facts. */
  look<T>(question: (system: System) => T | Promise<T>): Promise<T>
  /** Opens one, and reads nothing of it. */
  openFile(path: string, mode: Mode): Promise<AccessFile | NotOpened>
}

/** That of this machine. */
export function localFiles(system: LocalSystem): FileOpener {
  return {
    look: async (question) => question(system.now()),
    openFile: async (path, mode) => openLocal(system.at(path), mode),
  }
}

function openLocal(path: string, mode: Mode): AccessFile | NotOpened {
  // Without O_SYNC: nothing of such files is kept to be written later.
  const opened = openFile(path, mode, true)
  if ('errno' in opened) return { path, ...opened }
  const { fd, status } = opened
  return {
    path,
    status: toStatus(status),
    read: (bytes, position) => readSync(fd, bytes, 0, bytes.length, position),
    // Node takes no bigint there.
    write: (bytes, position) => writeSync(fd, bytes, 0, bytes.length, Number(position)),
    close: () => closeSync(fd),
  }
}

/** Opens one. Rejects with the reason that `explain` gives for the errno. */
export async function openAccessFile(
  opener: FileOpener,
  path: string,
  mode: Mode,
  explain: (errno: string, system: System) => Refusal | undefined,
): Promise<AccessFile> {
  const opened = await opener.openFile(path, mode)
  if (!('errno' in opened)) return opened
  const { errno, cause } = opened
  const refusal = await opener.look((system) => explain(errno, system))
  throw openingError(opened.path, mode, errno, refusal, cause)
}
