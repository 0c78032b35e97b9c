import type { ErrorCode } from '../errors.ts'

/** What a refused system call on a file means: the code of the error, and the reason for people. */
export const REASONS: Record<string, [ErrorCode, string]> = {
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
