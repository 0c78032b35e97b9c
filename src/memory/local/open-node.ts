import { closeSync, constants, fstatSync, openSync, type Stats } from 'node:fs'
import { RefusedError, RequestError } from '../../errors.ts'
import { explainOpen } from '../../refusal/node.ts'
import type { Refusal } from '../../refusal/refusal.ts'
import type { Mode } from './source.ts'

/** An open file or device node. */
export interface OpenNode {
  fd: number
  status: Stats
}

/**
 * Opens a file or device node for mapping, with O_SYNC, so that device memory is mapped uncached.
 * `explain` turns the errno of a refused open into a reason; what it does not know is said plainly.
 * Throws a RequestError (ENOPLACE) for what does not exist or is no file, otherwise a RefusedError.
 */
export function openNode(
  path: string,
  mode: Mode,
  explain: (errno: string) => Refusal | undefined = () => undefined,
): OpenNode {
  const access = mode === 'write' ? constants.O_RDWR : constants.O_RDONLY
  let fd: number
  try {
    fd = openSync(path, access | constants.O_SYNC)
  } catch (cause) {
    const errno = (cause as NodeJS.ErrnoException).code ?? 'unknown error'
    const { code, reason, cure } = explain(errno) ?? explainOpen(errno)
    const Kind = code === 'ENOPLACE' ? RequestError : RefusedError
    throw new Kind(
      code,
      `${path} cannot be opened for ${mode === 'write' ? 'writing' : 'reading'}: ${reason}`,
      { place: path, errno, ...(cure === undefined ? {} : { cure }) },
      { cause },
    )
  }
  try {
    return { fd, status: fstatSync(fd) }
  } catch (error) {
    closeSync(fd)
    throw error
  }
}
