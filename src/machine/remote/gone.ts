import { attempt, type Pending } from '../../base/pending.ts'
import type { FileOpener } from '../../engine/access-file.ts'

/**
 * What the files of a device fail with that has gone, whatever is at their path by then: those of sysfs
 * (fs/kernfs/file.c), and of debugfs (fs/debugfs/file.c).
 */
const OF_THE_GONE = ['ENODEV', 'EIO']

/** The same files, which tell where one has failed so. */
export function tellingGone(files: FileOpener, gone: () => void): FileOpener {
  const watched = <T>(access: () => Pending<T>): Pending<T> =>
    attempt(access, (error) => {
      if (OF_THE_GONE.includes((error as NodeJS.ErrnoException).code ?? '')) gone()
      throw error
    })
  return {
    look: (question) => files.look(question),
    openFile: async (path, mode) => {
      const file = await files.openFile(path, mode)
      if ('errno' in file) return file
      return {
        ...file,
        read: (bytes, position) => watched(() => file.read(bytes, position)),
        write: (bytes, position) => watched(() => file.write(bytes, position)),
      }
    },
  }
}
