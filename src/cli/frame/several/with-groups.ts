import { printable } from '../../../text/refuse.ts'
import type { Settings } from '../globals.ts'
import type { Io } from '../io.ts'
import type { Env, TargetLine, Targets } from './target-line.ts'

/** The targets, with those of a group in its place. */
export async function withGroups(
  { settings, values }: Pick<TargetLine, 'settings' | 'values'>,
  env: Env,
  io: Pick<Io, 'stderr'>,
): Promise<Targets> {
  const { target, targets = [target], verbose } = settings
  if (!targets.some((one) => one.startsWith('@'))) return plain(settings)
  const { expandGroups } = await import('./groups.ts')
  const tell = (text: string) => {
    if (verbose) io.stderr.write(`physmem: ${printable(text)}\n`)
  }
  const board = typeof values.board === 'string' ? values.board : undefined
  return { settings, targets: expandGroups(targets, { board, env, tell }) }
}

/** A line without groups. */
export const plain = (settings: Settings): Targets => ({
  settings,
  targets: settings.targets ?? [settings.target],
})
