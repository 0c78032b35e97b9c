import type { Command as Commander } from 'commander'
import { RequestError } from '../../base/errors.ts'
import { type Facility, lackOf } from '../../machine/facilities.ts'
import { parseTarget } from '../../place/target.ts'
import { quote } from '../../text/refuse.ts'
import { type Argument, type Command, refusedBy } from './command.ts'
import { type GlobalName, globalOptions, type Settings } from './globals.ts'
import { longFlag } from './option-spec.ts'
import { isGiven } from './program.ts'

/** Refuses what commander takes and means nothing to the command. */
export function checkLine(
  program: Commander,
  argv: readonly string[],
  name: string,
  command: Command,
  settings: Settings,
  args: readonly Argument[],
): void {
  refuseOtherTarget(name, command.needs, settings)
  refuseMeaningless(name, command, (option) =>
    option === '--' ? argv.includes('--') : isGiven(program, option),
  )
  if (settings.sudo) refuseNoSudo(settings.target)
  if (settings.keepConnection !== undefined) refuseNoKeep(settings.target)
  refuseUndashed(command, args, argv)
}

/** Refuses `--sudo` where no shell of the target starts the agent. */
function refuseNoSudo(target: string): void {
  const parsed = parseTarget(target)
  if (parsed.kind === 'remote' && ['ssh', 'exec'].includes(parsed.reach.by)) return
  const message = `--sudo is for targets of ssh:// and exec:, but this is ${quote(target)}`
  const cure = target === 'local' ? 'for root on this machine: --target sudo:' : 'leave out --sudo'
  throw new RequestError('EUSAGE', message, { input: target, cure })
}

function refuseUndashed(
  command: Command,
  args: readonly Argument[],
  argv: readonly string[],
): void {
  const words = args[command.arguments.findIndex(({ behindDashes }) => behindDashes)]
  const dashes = argv.indexOf('--')
  const behind = dashes < 0 ? 0 : argv.length - dashes - 1
  if (!Array.isArray(words) || words.length <= behind) return
  throw new RequestError('EUSAGE', `${quote(words[0])}: a command goes after --`)
}

/** Refuses `--keep-connection` where ssh makes no connection. */
function refuseNoKeep(target: string): void {
  const parsed = parseTarget(target)
  if (parsed.kind === 'remote' && parsed.reach.by === 'ssh') return
  const message = `--keep-connection is for targets of ssh://, but this is ${quote(target)}`
  throw new RequestError('EUSAGE', message, { input: target, cure: 'leave out --keep-connection' })
}

/** Refuses a target whose machine lacks what a command needs. Throws ESCHEME for what is no target. */
export function refuseOtherTarget(
  name: string,
  needs: readonly Facility[] = [],
  { target, targetFrom }: Settings,
): void {
  const lack = lackOf(name, needs, target)
  if (lack === undefined) return
  parseTarget(target)
  const message = targetFrom === undefined ? lack : `${targetFrom}: ${lack}`
  const cure = targetFrom === undefined ? 'leave out --target' : 'give --target local'
  throw new RequestError('EUSAGE', message, { input: target, cure })
}

function refuseMeaningless(
  name: string,
  command: Command,
  isGiven: (option: GlobalName | '--') => boolean,
): void {
  const option = refusedBy(command).find(isGiven)
  if (option === undefined) return
  const flag = option === '--' ? option : longFlag(globalOptions[option])
  throw new RequestError('EUSAGE', `${flag} does not apply to ${name}: leave it out`)
}
