/** The target that a board file has for lines that name none. */
import { resolve } from 'node:path'
import { RefusedError, RequestError } from '../../../base/errors.ts'
import { readBoardFile } from '../../../device/board-file.ts'
import { targetOf } from '../../../device/board-target.ts'
import { clip, printable, quote } from '../../../text/refuse.ts'
import { boardPathOf } from '../board-path.ts'
import { refuseOtherTarget } from '../check-line.ts'
import type { Settings } from '../globals.ts'
import type { Io } from '../io.ts'
import { BOARD } from '../words.ts'
import { checkNamed } from './groups.ts'
import type { Env, TargetLine, Targets } from './target-line.ts'
import { withGroups } from './with-groups.ts'

/**
 * The targets of a line that names none, where a board file may have one; says which these are. Rejects with a RequestError for
 * a file that is wrong or not to be trusted, since nobody knows then which machine is meant, and where the
 * command takes its target from no file.
 */
export async function targetsOfBoard(
  line: TargetLine,
  env: Env,
  io: Pick<Io, 'stderr'>,
): Promise<Targets> {
  const { name, command, values } = line
  try {
    const settings = { ...line.settings, ...boardTarget(values, env) }
    const { targetFrom, target } = settings
    if (command.takesNoBoardTarget && target !== 'local') {
      const message = `${name} takes its target from no file, and ${targetFrom} is for ${quote(target)}`
      const other = `${target.startsWith('@') ? 'one of' : '--target'} ${clip(target)}`
      const cure = `say which machine is meant: --target local, or ${other}`
      throw new RequestError('EUSAGE', message, { input: target, cure })
    }
    const found = await withGroups({ settings, values }, env, io)
    // A line that is refused for its target runs nowhere: the error alone says which it is.
    for (const one of found.targets) {
      refuseOtherTarget(name, command.needs, { ...settings, target: one })
    }
    const note = noteOf(command, settings, found.targets)
    if (note !== undefined) io.stderr.write(`physmem: ${note}\n`)
    return found
  } catch (error) {
    throw error instanceof RefusedError ? unknownMachine(error, values) : error
  }
}

/** What the board file of a line says of the target; nothing where there is none, or it says none. */
export function boardTarget(values: TargetLine['values'], env: Env): Partial<Settings> {
  const named = typeof values.board === 'string' ? values.board : undefined
  const found = boardPathOf(named, env)
  if (found === undefined) return {}
  const { path, foundBy } = found
  const board = readBoardFile(path, foundBy)
  const target = targetOf(board)
  if (target === undefined) return {}
  checkNamed(board, board.target ?? target)
  return { target, targetFrom: clip(resolve(path)), boardTarget: target }
}

/** Which other machine a board file has chosen; with `--quiet`, too, where something may be stored. */
function noteOf(
  { mayStore }: TargetLine['command'],
  { boardTarget, targetFrom, quiet }: Settings,
  targets: readonly string[],
): string | undefined {
  if (boardTarget === undefined || (quiet && !mayStore)) return undefined
  if (targets.every((one) => one === 'local')) return undefined
  const which = boardTarget.startsWith('@') ? ` ${boardTarget}` : ''
  return printable(`note: on ${targets.join(', ')}, the target${which} of ${targetFrom}`)
}

/** Where a file is refused, which machine is meant is for the user to say. */
function unknownMachine(
  { message, data }: RefusedError,
  values: TargetLine['values'],
): RequestError {
  const none = 'board' in values ? '--board none' : `${BOARD}=none`
  const cure = `say which machine is meant, as --target local, or leave the file out: ${none}`
  const { input } = data
  return new RequestError('EUSAGE', message, { ...(input && { input }), cure })
}
