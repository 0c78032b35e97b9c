import type { ErrorCode } from '../base/errors.ts'
import type { Refusal } from './refusal.ts'

const PLAIN: Record<string, [ErrorCode, string, cure?: string]> = {
  ENOENT: ['ENOPLACE', 'there is no such file'],
  ENOTDIR: ['ENOPLACE', 'there is no such file'],
  EISDIR: ['ENOPLACE', 'it is a directory'],
  EACCES: [
    'EPERMISSION',
    'its permissions do not allow it (EACCES)',
    'run it as root, or change the permissions',
  ],
  EPERM: ['EPERMISSION', 'the kernel does not permit it (EPERM)'],
  EROFS: ['EPERMISSION', 'its file system is mounted read-only (EROFS)'],
  ENXIO: ['ENOPLACE', 'there is no device behind this node (ENXIO)'],
}

/** Why a file or device node of which nothing more is known could not be opened. */
export function explainOpen(errno: string): Refusal {
  const [code, reason, cure] = PLAIN[errno] ?? ['EOPEN', errno]
  return cure === undefined ? { code, reason } : { code, reason, cure }
}

const OF_SHELL =
  'a shell puts the home folder for ~ only where a word begins: write $HOME in its place'

/** The same of a file that a person named by this path. */
export function explainOpenOf(path: string, errno: string): Refusal {
  const plain = explainOpen(errno)
  return errno === 'ENOENT' && path.startsWith('~') ? { ...plain, cure: OF_SHELL } : plain
}
