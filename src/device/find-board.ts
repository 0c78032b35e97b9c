/** Finds the board file: separate from the code that reads it, which most commands do not need. */
import { existsSync, lstatSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { checkTrusted } from './trusted.ts'

export const BOARD_FILE = 'physmem.yaml'

/**
 * The board file of a folder, found upward as git finds its own; `undefined` where there is none. Throws
 * EPERMISSION if others could have written it, or may write a folder on the way.
 */
export function findBoardFile(folder: string, uid: number): string | undefined {
  const start = resolve(folder)
  let at = start
  for (;;) {
    const path = join(at, BOARD_FILE)
    if (isThere(path)) {
      checkTrusted(path, uid, { from: start })
      return path
    }
    const above = dirname(at)
    if (above === at) return undefined
    at = above
  }
}

/** Whether this name exists, also as a dangling link. */
function isThere(path: string): boolean {
  return existsSync(path) || lstatSync(path, { throwIfNoEntry: false }) !== undefined
}
