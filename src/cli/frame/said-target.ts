/** The target of a line, as its user, a variable or a board file says it. */
import { PhysmemError, RequestError } from '../../base/errors.ts'
import { retell } from '../../base/retell.ts'
import { parseTarget, type Target } from '../../place/target.ts'
import type { Settings } from './globals.ts'
import { TARGET } from './words.ts'

type Said = Pick<Settings, 'target' | 'targetFrom'>

/** Throws ESCHEME for what is no target, and EUSAGE for one that a variable may not name. */
export function saidTarget(settings: Said): Target {
  try {
    const target = parseTarget(settings.target)
    if (settings.targetFrom === TARGET) refuseCommand(target)
    return target
  } catch (error) {
    return namingOrigin(error, settings)
  }
}

/** The target where it is another machine than this one, as prompts and documents name it. */
export function otherMachine({ target }: Pick<Settings, 'target'>): string | undefined {
  return target === 'local' ? undefined : target
}

/** Throws an error of the target again; it names the variable or the board file that the target is from. */
export function namingOrigin(error: unknown, { targetFrom }: Said): never {
  if (targetFrom === undefined || !(error instanceof PhysmemError)) throw error
  throw retell(error, { message: `${targetFrom}: ${error.message}` })
}

/** What a machine runs is said by its user, and not by what set a variable. */
function refuseCommand(target: Target): void {
  if (target.kind !== 'remote' || !['exec', 'sudo'].includes(target.reach.by)) return
  const cure = 'give it with --target'
  throw new RequestError(
    'EUSAGE',
    'a variable may name no target of exec: or sudo:, and no group with one',
    { cure },
  )
}
