import type { Refusal } from './refusal.ts'

/**
 * Why mmap of a file or device node was refused, as far as the errno alone tells it. `isProc`: whether
 * it is a file of /proc.
 */
export function explainFileMap(errno: string, isProc: boolean): Refusal {
  switch (errno) {
    case 'ENODEV':
      return {
        code: 'EREFUSED',
        reason: 'its driver or file system does not support mmap (ENODEV)',
      }
    case 'EACCES':
      return { code: 'EPERMISSION', reason: 'it was not opened for this (EACCES)' }
    case 'EPERM':
      return { code: 'EREFUSED', reason: 'the kernel does not permit it (EPERM)' }
    case 'EINVAL':
    case 'EOVERFLOW':
    case 'ENXIO':
      return { code: 'EREFUSED', reason: `the driver has no memory at this offset (${errno})` }
    default:
      // fs/proc/inode.c, pde_mmap(): no file of /proc but a few has what is mapped.
      if (isProc && errno === 'EIO') {
        const reason = 'a file of /proc is generated when it is read, and is not memory (EIO)'
        return { code: 'EREFUSED', reason }
      }
      return { code: 'EREFUSED', reason: `mmap failed with ${errno}` }
  }
}

/** The same of a node that is mapped from its start on, where its driver refuses so long a mapping. */
export function explainFromStart(errno: string): Refusal | undefined {
  if (!['EINVAL', 'ENXIO', 'EOVERFLOW'].includes(errno)) return undefined
  return { code: 'EREFUSED', reason: `its driver does not map as much (${errno})` }
}
