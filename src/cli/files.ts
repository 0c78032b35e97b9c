/** Plain files that commands read and write, with errors like those of memories. */
import type { Stats } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { AccessError, type ErrorCode, RefusedError, RequestError } from '../errors.ts'

const REASONS: Record<string, [ErrorCode, string]> = {
  ENOENT: ['ENOPLACE', 'there is no such file'],
  ENOTDIR: ['ENOPLACE', 'a part of its path is not a directory'],
  EISDIR: ['ENOPLACE', 'it is a directory'],
  EACCES: ['EPERMISSION', 'its permissions do not let this user (EACCES)'],
  EPERM: ['EPERMISSION', 'the kernel does not let this user (EPERM)'],
  EROFS: ['EPERMISSION', 'its file system is mounted read-only (EROFS)'],
  ENOSPC: ['EIO', 'no space is left on the device (ENOSPC)'],
  EDQUOT: ['EIO', 'the quota of this user is used up (EDQUOT)'],
  EFBIG: ['EIO', 'it would be larger than is allowed (EFBIG)'],
}

/** The error of a system call on a file: ENOPLACE is a wrong request, the rest is not. */
export function fileError(path: string, what: string, cause: unknown) {
  const { code: errno = 'unknown error' } = cause as NodeJS.ErrnoException
  const [code, reason] = REASONS[errno] ?? ['EIO', errno]
  const Kind = { ENOPLACE: RequestError, EPERMISSION: RefusedError }[code as string] ?? AccessError
  const missingFolder = errno === 'ENOENT' && what.includes('writ')
  const why = missingFolder ? 'its folder does not exist' : reason
  return new Kind(code, `${path} cannot be ${what}: ${why}`, { file: path, errno }, { cause })
}

/** Opens a file for writing: a new one, or an old one whose content is still there. */
export async function openOutput(path: string): Promise<{ handle: FileHandle; status: Stats }> {
  // O_CREAT without O_TRUNC: what is there stays until there is something to replace it.
  const { O_WRONLY, O_CREAT } = (await import('node:fs')).constants
  try {
    const handle = await open(path, O_WRONLY | O_CREAT, 0o666)
    return { handle, status: await handle.stat() }
  } catch (error) {
    throw fileError(path, 'written', error)
  }
}

/** Opens a regular file for reading. */
export async function openInput(path: string): Promise<{ handle: FileHandle; status: Stats }> {
  let handle: FileHandle
  try {
    // A FIFO would wait for a writer: look first.
    const before = await stat(path)
    if (!before.isFile()) throw notRegular(path, before.isDirectory())
    handle = await open(path, 'r')
  } catch (error) {
    throw error instanceof RequestError ? error : fileError(path, 'read', error)
  }
  return { handle, status: await handle.stat() }
}

function notRegular(path: string, directory: boolean): RequestError {
  const what = directory ? 'is a directory' : 'is not a regular file'
  return new RequestError('ENOPLACE', `${path} ${what}: expected a file`, { file: path })
}

/** Whether a path leads to the file with this status. */
export async function isSameFile(path: string, status: Stats): Promise<boolean> {
  try {
    const { dev, ino } = await stat(path)
    return dev === status.dev && ino === status.ino
  } catch {
    return false
  }
}
