/** Command lines that messages suggest. */
import { CommanderError } from 'commander'
import { RequestError } from '../../base/errors.ts'
import { literalValue, type parseLiteral } from '../../place/index.ts'
import type { Place } from '../../place/schemes/index.ts'
import { parseTarget } from '../../place/target.ts'
import { accepted, type Suggestion, suggesting } from '../../text/suggest.ts'
import { checkWhole, isBytewise } from '../access/element.ts'
import type { Argument, Command, Entry } from '../command.ts'
import { defaultSettings, type Settings } from '../globals.ts'
import { buildProgram, nowhere } from '../program.ts'

/**
 * The first of these lines that one of `commands` takes, with `physmem`, as a shell reads it. Each is parsed as it would be
 * if it was given: its options, each of its words, and whether these fit the width. Nothing is opened.
 */
export async function acceptedLine(
  commands: readonly Entry[],
  ...lines: readonly (readonly string[] | undefined)[]
): Promise<Suggestion | undefined> {
  for (const words of lines) {
    if (words === undefined) continue
    const text = ['physmem', ...words].map(shellWord).join(' ')
    const refusal = await whyRefused(words, commands)
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
  commands: readonly Entry[],
): Promise<RequestError | undefined> {
  const program = buildProgram(
    commands,
    nowhere,
    defaultSettings({}),
    async (_name, command, settings, args, options) => {
      parseTarget(settings.target)
      for (const [index, { parse }] of command.arguments.entries()) {
        for (const word of [args[index] ?? []].flat()) {
          checkParsed(parse?.(word), settings, options)
        }
      }
    },
  )
  try {
    await program.parseAsync(words, { from: 'user' })
    return undefined
  } catch (error) {
    if (error instanceof RequestError) return error
    if (error instanceof CommanderError) return new RequestError('EUSAGE', error.message)
    throw error
  }
}

/** What commands check of a place, a range or an assignment with the width. */
function checkParsed(
  parsed: unknown,
  { width }: Settings,
  { unaligned }: Record<string, unknown>,
): void {
  if (typeof parsed !== 'object' || parsed === null) return
  const { place, length, value } = parsed as { place?: Place; length?: number; value?: bigint }
  const options = { unaligned: unaligned === true, root: '/' }
  if (place !== undefined) isBytewise(place, width, options)
  if (typeof length === 'number') checkWhole(length, width, 'a range')
  if (typeof value !== 'bigint') return
  const { bits } = parsed as { bits?: Parameters<typeof literalValue>[1] }
  literalValue(parsed as ReturnType<typeof parseLiteral>, bits ?? width)
}

/** A word as a shell takes it. */
function shellWord(word: string): string {
  return /^[\w@%+=:,./~-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

/** Every argument as a word of its own. */
export function wordsOf(args: readonly Argument[]): string[] {
  return args.flatMap((arg) => arg ?? [])
}

/** `PLACE... [COUNT]`, as messages name what a command takes. */
export function shapeOf({ arguments: specs }: Command): string {
  return specs.map(({ name }) => nameOf(name)).join(' ')
}

/** `RANGE` of `<range>`; in brackets where it may be left out. */
export function nameOf(pattern: string): string {
  return pattern.replace(/[<>]/g, '').toUpperCase()
}
