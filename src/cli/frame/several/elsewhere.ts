/** That a line at a prompt is for another machine than those before and after it. */
import { printable } from '../../../text/refuse.ts'
import { refuseOtherTarget } from '../check-line.ts'
import type { Settings } from '../globals.ts'
import type { Io } from '../io.ts'
import type { TargetLine, Targets } from './target-line.ts'

/**
 * Says which target answers, unless what several print names them; with `--quiet`, too, where something may
 * be stored. Throws EUSAGE for a line that is refused for its target: the error says which it is.
 */
export function tellElsewhere(
  { name, command, settings }: TargetLine,
  { targets }: Targets,
  { target, targets: all = [target] }: Settings,
  io: Pick<Io, 'stderr'>,
): void {
  for (const one of targets) refuseOtherTarget(name, command.needs, { ...settings, target: one })
  const [only] = targets
  if (only === undefined || targets.length > 1 || (settings.quiet && !command.mayStore)) return
  const note = `note: on ${only}, and not on ${all.join(', ')} of this prompt`
  io.stderr.write(`physmem: ${printable(note)}\n`)
}
