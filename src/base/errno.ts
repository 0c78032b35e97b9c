/** Numbers of errno: their names, and what they mean of a file. */
import { constants } from 'node:os'
import { getSystemErrorName } from 'node:util'
import type { ErrorCode } from './errors.ts'

/** include/uapi/asm-generic/errno.h; Node knows no name for it. */
const EKEYREJECTED = 129

/** The name of a positive errno number, for example `EPERM`. */
export function errnoName(errno: number): string {
  const name = errno > 0 ? getSystemErrorName(-errno) : ''
  if (/^E[A-Z0-9]+$/.test(name)) return name
  const others = Object.entries({ ...constants.errno, EKEYREJECTED })
  return others.find(([, number]) => number === errno)?.[0] ?? `errno ${errno}`
}

/** What a refused system call on a file means: the code of the error, and the reason for people. */
export const FILE_REASONS: Record<string, [ErrorCode, string]> = {
  ENOENT: ['ENOPLACE', 'there is no such file'],
  ENOTDIR: ['ENOPLACE', 'a part of its path is not a directory'],
  EISDIR: ['ENOPLACE', 'it is a directory'],
  EACCES: ['EPERMISSION', 'its permissions do not allow it (EACCES)'],
  EPERM: ['EPERMISSION', 'the kernel does not permit it (EPERM)'],
  EROFS: ['EPERMISSION', 'its file system is mounted read-only (EROFS)'],
  ENOSPC: ['EIO', 'no space is left on the device (ENOSPC)'],
  EDQUOT: ['EIO', 'the quota of this user is used up (EDQUOT)'],
  EFBIG: ['EIO', 'it would be larger than is allowed (EFBIG)'],
  ETXTBSY: ['EIO', 'it is a program that is running (ETXTBSY)'],
}
