import type { BoardFile } from '../../../device/board-file.ts'
import { Session } from '../../../device/session.ts'
import type { Source } from '../../../device/sources.ts'
import type { System } from '../../../linux/system.ts'
import type { Facts } from '../../../machine/machine.ts'
import { parseTarget } from '../../../place/target.ts'
import { boardPathOf } from '../../frame/board-path.ts'
import type { Context } from '../../frame/context.ts'

/** What a command line says of descriptions. */
export interface DescriptionOptions {
  chip?: string | undefined
  /** A file; `none` for no board file. */
  board?: string | undefined
  /** Places are not taken. */
  onlyNames?: boolean | undefined
}

/** What is needed of a context: a line that is being completed has no more. */
export interface SessionContext {
  /** What is known of the target's machine before it is reached. */
  readonly facts: System | undefined
  readonly settings: Pick<Context['settings'], 'target' | 'verbose'>
  readonly options: Pick<Context['options'], 'env'>
  complain(text: string): void
  /** The facts of a machine far away; a line that is being completed reaches none. */
  remoteFacts?(): Promise<Facts>
}

/** All that describes the registers of the target. Nothing of it is accessed. */
export async function openSession(
  context: SessionContext,
  { chip, board: named, onlyNames }: DescriptionOptions,
): Promise<Session> {
  const board = await boardFile(context, named)
  const tell = (text: string) => context.complain(text)
  const simulated = await simulatedBy(context.settings.target)
  const told = simulated === undefined ? await factsOf(context) : {}
  return Session.open({ chip, board, onlyNames, tell, simulated, ...told })
}

/** What the machine tells of itself; a line that is being completed asks none that is far away. */
async function factsOf(context: SessionContext): Promise<Partial<Facts>> {
  const { facts } = context
  if (facts !== undefined) return { system: facts }
  return (await context.remoteFacts?.()) ?? {}
}

async function boardFile(
  context: SessionContext,
  named: string | undefined,
): Promise<BoardFile | undefined> {
  const found = boardPathOf(named, context.options.env ?? process.env)
  if (found === undefined) return undefined
  const { path, how, foundBy } = found
  if (context.settings.verbose) context.complain(`board file: ${path}${how}`)
  const { checkTarget, readBoardFile } = await import('../../../device/board-file.ts')
  const board = readBoardFile(path, foundBy)
  checkTarget(board, context.settings.target)
  return board
}

/** What the simulated board of a target says of its registers; `undefined` for another target. */
export async function simulatedBy(text: string): Promise<Source | undefined> {
  const target = parseTarget(text)
  return target.kind === 'sim' ? simulatedSource(target.board) : undefined
}

/** What a simulated board says of its registers: it is a description, too. */
async function simulatedSource(file: string): Promise<Source> {
  const { readYaml } = await import('../../../describe/yaml/index.ts')
  const name = `sim:${file}`
  if (file !== '') {
    const { sourceAt } = await import('../../../device/files.ts')
    return { from: name, ...readYaml(sourceAt(file)) }
  }
  const { defaultBoard } = await import('../../../memory/sim/default-board.ts')
  const open = (other: string): never => {
    throw new Error(`the built-in board opens no ${other}`)
  }
  return { from: name, ...readYaml({ name, text: defaultBoard, open }) }
}
