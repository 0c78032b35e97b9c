/** The targets of a line: those that it names, those of a group, or that of a board file. */
import { mayBoardSay } from '../board-here.ts'
import type { Settings } from '../globals.ts'
import type { Io } from '../io.ts'
import type { CliOptions } from '../run-command.ts'
import type { TargetLine, Targets } from './target-line.ts'
import { plain, withGroups } from './with-groups.ts'

/**
 * Finds the targets of a line. Rejects with a RequestError for a group that no board file has, and for a
 * board file that is wrong or not to be trusted. What reads one is loaded for those who have one.
 */
export async function targetsOf(
  line: TargetLine,
  io: Pick<Io, 'stderr'>,
  { commands, env = process.env, defaults }: Pick<CliOptions, 'commands' | 'env' | 'defaults'>,
): Promise<Targets> {
  // It has no machine, or is not for people, and takes no notice of the environment.
  const isHidden = commands.find(({ name }) => name === line.name)?.hidden
  if (isHidden || line.command.refuses?.includes('target')) return plain(line.settings)
  if (mayBeOfBoard(line) && mayBoardSay(line.values.board, env)) {
    const { targetsOfBoard } = await import('./board-target.ts')
    return targetsOfBoard(line, env, io)
  }
  const found = await withGroups(line, env, io)
  if (defaults?.targetGiven && isElsewhere(found, defaults)) {
    const { tellElsewhere } = await import('./elsewhere.ts')
    tellElsewhere(line, found, defaults, io)
  }
  return found
}

/** Whether a line of a prompt or a batch says another target than that. */
function isElsewhere({ targets }: Targets, { target, targets: all = [target] }: Settings): boolean {
  return targets.join('\n') !== all.join('\n')
}

/** Whether nothing but a board file can say which machine is meant. */
export function mayBeOfBoard({ settings }: Pick<TargetLine, 'settings'>): boolean {
  return !settings.targetGiven && settings.targetFrom === undefined
}
