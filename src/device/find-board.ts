/** Finds the board file: separate from the code that reads it, which most commands do not need. */
import { boardFileAbove } from './board-name.ts'
import { checkTrusted } from './trusted.ts'

/**
 * The board file of a folder, found upward as git finds its own; `undefined` where there is none. Throws
 * EPERMISSION if others than these users could have written it, or may write a folder on the way.
 */
export function findBoardFile(folder: string, users: readonly number[]): string | undefined {
  const path = boardFileAbove(folder)
  if (path !== undefined) checkTrusted(path, users, { from: folder })
  return path
}
