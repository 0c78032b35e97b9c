/** The line of a user who left an argument out, with one in its place. */

import type { Command as Commander } from 'commander'
import { isSimulated } from '../../machine/facilities.ts'
import type { Suggestion } from '../../text/hint.ts'
import { splitWords } from '../../text/shell-words.ts'
import type { Command } from './command.ts'
import type { Settings } from './globals.ts'
import { acceptedLine, type Grammar, withArguments } from './hints/line.ts'
import { targetIn, withoutTarget } from './hints/target.ts'
import type { ArgumentSpec } from './option-spec.ts'
import { targetedWords } from './own-line.ts'
import { settingsOf } from './program.ts'

/** A line, as commander has parsed it up to the argument that is not there. */
interface Lacking extends Grammar {
  argv: readonly string[]
  command: Command
  program: Commander
  sub: Commander
}

/**
 * A line with what is missing, on the target of the user's; `undefined` where none is known that the
 * command takes. It accesses nothing but what was given, and without that stores on no machine.
 */
export async function exampleLine(lacking: Lacking): Promise<Suggestion | undefined> {
  const { argv, command, program, sub, ...grammar } = lacking
  const settings = settingsOf(program, grammar.defaults)
  const { args } = sub
  const lines =
    args.length === 0
      ? ofPage(sub.name(), command, settings)
      : completed(command, args).map((words) =>
          withArguments(withoutTarget(argv), args, words, grammar.commands),
        )
  return acceptedLine(grammar, ...lines.map((line) => targetedWords(settings, line)))
}

/** The arguments with that of the first example of the page where one is missing, unless it says where. */
function completed({ arguments: specs, examples }: Command, args: readonly string[]): string[][] {
  const [, ...others] = splitWords(examples[0]?.[0] ?? '')
  const [spec, word] = [specs[args.length], others[args.length]]
  return spec === undefined || word === undefined || isWhere(spec) ? [] : [[...args, word]]
}

function isWhere({ completes }: ArgumentSpec): boolean {
  return completes === 'place' || (typeof completes === 'object' && 'place' in completes)
}

/** The examples of the command's page that may stand for the line, without what they have of a shell. */
function ofPage(name: string, { examples, mayStore }: Command, settings: Settings): string[][] {
  const targets = settings.targets ?? [settings.target]
  if (mayStore && !targets.every(isSimulated)) return []
  const lines = examples.filter(([line]) => line.startsWith(name) && !/ (?:[|>]|&&) /.test(line))
  return lines.flatMap(([line]) => {
    const words = splitWords(line)
    const onTarget = targetIn(words)
    const isElsewhere = onTarget !== undefined && !targets.every((target) => target === onTarget)
    return isElsewhere ? [] : [withoutTarget(words)]
  })
}
