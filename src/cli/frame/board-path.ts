import { findBoardFile } from '../../device/find-board.ts'
import { trustedUsers } from '../../device/trusted.ts'
import { BOARD } from './words.ts'

/** Which board file a command line has. */
export interface BoardPath {
  path: string
  /** How it came to be this one, as `--verbose` says it; empty where the line names it. */
  how: string
  /** The users whose files count, where it was found and not named. */
  foundBy?: readonly number[]
}

/**
 * That which `--board` names, or the environment, or the one that is found; `undefined` for `none`, and
 * where there is none. Throws EPERMISSION for a file that was found and is not to be trusted.
 */
export function boardPathOf(
  named: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): BoardPath | undefined {
  const given = named ?? (env[BOARD] || undefined)
  if (given === 'none') return undefined
  if (given !== undefined) return { path: given, how: named === undefined ? ` (${BOARD})` : '' }
  const foundBy = trustedUsers(env)
  const path = findBoardFile(process.cwd(), foundBy)
  return path === undefined ? undefined : { path, how: ' (found)', foundBy }
}
