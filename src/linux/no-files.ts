import type { Files } from './files.ts'

/** Of a machine that tells nothing of itself. */
export const NO_FILES: Files = {
  text: () => undefined,
  bytes: () => undefined,
  list: () => [],
  entries: () => [],
  link: () => undefined,
  status: () => undefined,
  linkStatus: () => undefined,
  real: () => undefined,
  errno: () => 'ENOENT',
}
