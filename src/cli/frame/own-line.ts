/** Command lines that messages have for what was given. */
import type { Act } from '../../base/cure.ts'
import { shellLine } from '../../text/shell-words.ts'
import { actLine, actWords } from '../../wording/command-line.ts'
import type { LineWords } from '../../wording/cure.ts'
import type { Settings } from './globals.ts'
import { otherMachine } from './said-target.ts'

/** What of the global options says which machine is meant. */
type Said = Pick<Settings, 'target' | 'targetFrom' | 'targetGiven' | 'targets' | 'sudo'>

/**
 * The line of these words as a shell reads it, on the machines that were given: another line is for this
 * machine, where the same address is something else. What the environment or a board file says holds for it, too.
 */
export function ownLine(said: Said, words: readonly string[]): string {
  return shellLine(['physmem', ...targetedWords(said, words)])
}

/** The same as words behind the name of physmem. */
export function targetedWords(said: Said, words: readonly string[]): string[] {
  return [...givenTarget(said), ...words]
}

/** The lines of a cure, those of physmem on the machines that were given where they can be for any. */
export function ownWords(said: Said): LineWords {
  return (line) => {
    if ('shell' in line) return line.shell
    if (!OF_TARGET.includes(line.act)) return actLine(line)
    // What the reader is to choose is not quoted.
    return [shellLine(['physmem', ...givenTarget(said)]), ...actWords(line)].join(' ')
  }
}

/** What is done on the machine of a target; all else is done on the machine that it is about. */
const OF_TARGET: readonly Act['act'][] = [
  'show the map',
  'list',
  'list known chips',
  'translate',
  'read',
]

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
