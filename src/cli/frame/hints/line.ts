/** Command lines that messages suggest. */
import { CommanderError } from 'commander'
import { PhysmemError, RequestError } from '../../../base/errors.ts'
import { facilitiesOf } from '../../../machine/facilities.ts'
import { parseTarget } from '../../../place/target.ts'
import type { Suggestion } from '../../../text/hint.ts'
import { shellLine } from '../../../text/shell-words.ts'
import { accepted, suggesting } from '../../../text/suggest.ts'
import { checkLine } from '../check-line.ts'
import { type Argument, type Command, type Entry, runInTurn } from '../command.ts'
import { Context } from '../context.ts'
import type { Settings } from '../globals.ts'
import type { Io } from '../io.ts'
import { shownArgument } from '../option-spec.ts'
import { buildProgram, nowhere } from '../program.ts'

/** What command lines are tried with. */
export interface Grammar {
  /** All commands that there are. */
  commands: readonly Entry[]
  /** The global options of a line that does not give them, the target that is in force among them. */
  defaults: Settings
  /** Of a line of a batch: what a batch may not hold is not suggested for it. */
  inBatch?: true
}

/** The commands that are for no batch since they may not end, and parse what they are given first, too. */
const ENDLESS = ['watch', 'record']

/**
 * The first of these lines that one of the commands takes, with `physmem`, as a shell reads it. Each is parsed as it would be
 * if it was given: its options, each of its words, and whether these fit the width. Nothing is opened.
 */
export async function acceptedLine(
  grammar: Grammar,
  ...lines: readonly (readonly string[] | undefined)[]
): Promise<Suggestion | undefined> {
  for (const words of lines) {
    if (words === undefined) continue
    const text = shellLine(['physmem', ...words])
    const refusal = await whyRefused(words, grammar)
    const parse = () => {
      if (refusal !== undefined) throw refusal
    }
    const line = suggesting(text, parse, () => accepted(text, text))
    if (line !== undefined) return line
  }
  return undefined
}

/** The line with other words in the place of its arguments; its options stay. */
export function withArguments(
  argv: readonly string[],
  args: readonly string[],
  others: readonly string[],
  commands: readonly Entry[],
): string[] {
  const words = [...argv]
  const names = commands.map((entry) => entry.name)
  const name = words.findIndex((word) => names.includes(word))
  let at = name + 1
  for (const [index, arg] of args.entries()) {
    const found = words.indexOf(arg, name + 1)
    if (found >= 0) words.splice(found, 1)
    if (index === 0) at = found
  }
  words.splice(at, 0, ...others)
  return words
}

/** Why a line is not taken; `undefined` when it is. */
export async function whyRefused(
  words: readonly string[],
  { commands, defaults, inBatch }: Grammar,
): Promise<RequestError | undefined> {
  const program = buildProgram(commands, nowhere, defaults, async (name, ...given) => {
    const [command, asked, args, options] = given
    if (inBatch && command.inBatches !== true) throw new RequestError('EUSAGE', command.inBatches)
    // It is tried for that of several targets which is in force; which of a group there are is not known.
    const { target: inForce } = defaults
    const isOfMany = asked.targets?.includes(inForce) || asked.target.startsWith('@')
    const settings = isOfMany ? { ...asked, target: inForce } : asked
    checkLine(program, words, name, command, settings, args)
    parseTarget(settings.target)
    if (name === 'list') refuseWordsOnBoard(settings, args)
    for (const [index, { parse }] of command.arguments.entries()) {
      for (const word of [args[index] ?? []].flat()) parse?.(word)
    }
    // These only parse what they are given until it is their turn to act.
    if (command.inBatches === true || ENDLESS.includes(name))
      await runToItsTurn(name, command, settings, args, options)
  })
  try {
    await program.parseAsync(words, { from: 'user' })
    return undefined
  } catch (error) {
    if (error instanceof RequestError) return error
    const isVersion = error instanceof CommanderError && error.code === 'commander.version'
    if (isVersion && !inBatch) return undefined
    if (error instanceof CommanderError || error instanceof PhysmemError) {
      return new RequestError('EUSAGE', error.message)
    }
    throw error
  }
}

/** What its board has is not known before it is opened, and most words name what no board has. */
function refuseWordsOnBoard({ target }: Settings, args: readonly Argument[]): void {
  if (facilitiesOf(target).includes('named places') || wordsOf(args).length === 0) return
  throw new RequestError('ENOPLACE', 'the board may have nothing of this name')
}

/** Has a command check all that it checks before it opens a machine; there it ends. */
async function runToItsTurn(
  name: string,
  command: Command,
  settings: Settings,
  args: readonly Argument[],
  options: Record<string, unknown>,
): Promise<void> {
  const reached = new Error('it is the turn of a line that is only tried')
  const turn = () => Promise.reject(reached)
  try {
    await runInTurn(new Context(name, settings, noIo, { turn }), command, args, options)
  } catch (error) {
    if (error !== reached) throw error
  }
}

/** No command prints or reads before its turn. */
const noIo = new Proxy({} as Io, {
  get(_, name) {
    throw new Error(`${String(name)} is used before a command's turn`)
  },
})

/** Every argument as a word of its own. */
export function wordsOf(args: readonly Argument[]): string[] {
  return args.flatMap((arg) => arg ?? [])
}

/** `PLACE... [COUNT]`, as messages name what a command takes. */
export function shapeOf({ arguments: specs }: Command): string {
  return specs.map(shownArgument).join(' ')
}
