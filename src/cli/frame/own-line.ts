/** Command lines that messages have for what was given. */
import { shellLine } from '../../text/shell-words.ts'
import type { Settings } from './globals.ts'
import { otherMachine } from './said-target.ts'

/** What of the global options says which machine is meant. */
type Said = Pick<Settings, 'target' | 'targetFrom' | 'targetGiven' | 'targets' | 'sudo'>

/**
 * The line of these words as a shell reads it, on the machines that were given: another line is for this
 * machine, where the same address is something else. What the environment or a board file says holds for it, too.
 */
export function ownLine(said: Said, words: readonly string[]): string {
  return shellLine(['physmem', ...givenTarget(said), ...words])
}

function givenTarget({
  target,
  targetFrom,
  targetGiven,
  targets = [target],
  sudo,
}: Said): string[] {
  const isGiven =
    targetFrom === undefined && (targetGiven === true || otherMachine({ target }) !== undefined)
  if (!isGiven) return []
  return [...targets.flatMap((one) => ['--target', one]), ...(sudo ? ['--sudo'] : [])]
}
