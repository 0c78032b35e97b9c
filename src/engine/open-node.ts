import { closeSync, constants, fstatSync, openSync, type Stats } from 'node:fs'
import type { PhysmemError } from '../base/errors.ts'
import { refusalError } from '../refusal/error.ts'
import { explainOpenOf } from '../refusal/node.ts'
import type { Refusal } from '../refusal/refusal.ts'
import { filePlaceName } from '../text/place-name.ts'
import type { Mode } from './source.ts'

/** An open file or device node. */
export interface OpenNode {
  fd: number
  status: Stats
}

/** The error of a file or device node that could not be opened; `refusal` where more is known. */
export function openingError(
  path: string,
  mode: Mode,
  errno: string,
  refusal: Refusal = explainOpenOf(path, errno),
  cause?: unknown,
): PhysmemError {
  const what = `${path} cannot be opened for ${mode === 'write' ? 'writing' : 'reading'}`
  const options = cause === undefined ? {} : { cause }
  return refusalError(what, refusal, { place: filePlaceName(path), errno }, options)
}

/**
 * Opens a file or device node for mapping, with O_SYNC, so that device memory is mapped uncached;
 * `cached` leaves it out.
 * `explain` turns the errno of a refused open into a reason; what it does not know is said plainly.
 * Throws a RequestError (ENOPLACE) for what does not exist or is not a file, otherwise a
 * RefusedError.
 */
export function openNode(
  path: string,
  mode: Mode,
  explain: (errno: string) => Refusal | undefined = () => undefined,
  cached = false,
): OpenNode {
  const opened = openFile(path, mode, cached)
  if (!('errno' in opened)) return opened
  const { errno, cause } = opened
  throw openingError(path, mode, errno, explain(errno), cause)
}

/** The same; an errno, where the system refuses, with what it threw. */
export function openFile(
  path: string,
  mode: Mode,
  cached = false,
): OpenNode | { errno: string; cause: unknown } {
  const access = mode === 'write' ? constants.O_RDWR : constants.O_RDONLY
  let fd: number
  try {
    fd = openSync(path, cached ? access : access | constants.O_SYNC)
  } catch (cause) {
    return { errno: (cause as NodeJS.ErrnoException).code ?? 'unknown error', cause }
  }
  try {
    return { fd, status: fstatSync(fd) }
  } catch (error) {
    closeSync(fd)
    throw error
  }
}
