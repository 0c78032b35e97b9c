import { boardFileAbove, mayNameTarget } from '../../device/board-name.ts'
import { BOARD } from './words.ts'

/**
 * Whether a board file may say which machine is meant: that which `--board` or the environment names, or
 * the one that is found from the current folder, which may be gone.
 */
export function mayBoardSay(
  named: unknown,
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  const given = named ?? (env[BOARD] || undefined)
  if (given === 'none') return false
  const path = given === undefined ? found() : `${given}`
  return path !== undefined && mayNameTarget(path)
}

function found(): string | undefined {
  try {
    return boardFileAbove(process.cwd())
  } catch {
    return undefined
  }
}
