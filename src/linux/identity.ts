import type { Files } from './files.ts'

/** What tells the file at a path from another one that is there later; `undefined` where none is. */
export function identityAt(path: string, files: Files): string | undefined {
  const status = files.status(path)
  return status && `${status.dev}:${status.ino}`
}
