/** Where a board file would be: what the start of every command asks, so it loads nothing else. */
import { lstatSync, readFileSync, statSync } from 'node:fs'
import { dirname, resolve, sep } from 'node:path'

export const BOARD_FILE = 'physmem.yaml'

/** More than that is read where there is time for it. */
const MOST_BYTES = 1 << 20

/**
 * The nearest board file of a folder and those above it, also where it is a dangling link; `undefined`
 * where there is none. What a folder does not let this user see is none.
 */
export function boardFileAbove(folder: string): string | undefined {
  let at = resolve(folder)
  for (;;) {
    const path = at.endsWith(sep) ? at + BOARD_FILE : at + sep + BOARD_FILE
    if (isThere(path)) return path
    const above = dirname(at)
    if (above === at) return undefined
    at = above
  }
}

/**
 * Whether a board file may say which machine it is for. It surely does not where the word stands nowhere
 * in it, nor an escape that could spell it; no YAML is parsed. So may one that is not a regular file, is
 * large or cannot be read.
 */
export function mayNameTarget(path: string): boolean {
  try {
    const status = statSync(path)
    if (!status.isFile() || status.size > MOST_BYTES) return true
    return /target|\\/.test(readFileSync(path, 'latin1'))
  } catch {
    return true
  }
}

function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined
  } catch {
    return false
  }
}
