/** What was meant by a word that is not a command, where one should be. */

import { RequestError } from '../../base/errors.ts'
import { isWidth } from '../../operate/bare-number.ts'
import { didYouMean } from '../../text/hint.ts'
import { quote } from '../../text/refuse.ts'
import { accepted, editDistance, nearest, suggesting } from '../../text/suggest.ts'
import { isGlobalFlag } from './globals.ts'
import { habitsOf, otherNames } from './hints/habits.ts'
import { acceptedLine, type Grammar } from './hints/line.ts'
import { widthOf } from './hints/orders.ts'
import { onTarget } from './hints/target.ts'
import { help, usageError } from './usage-error.ts'
import { valueFlags } from './words.ts'

/** The error of the word at `at` of a command line, where a command should be. */
export async function unknownCommand(
  argv: readonly string[],
  at: number,
  grammar: Grammar,
): Promise<RequestError> {
  const word = argv[at] ?? ''
  const { words, options } = apart(word, argv.slice(at + 1))
  // Options of physmem stay: on another machine the line would mean something else.
  const line = (habit: readonly string[]) => [...argv.slice(0, at), ...habit, ...options]
  const [, target = '', place = word] = /^(sim:|local(?=:)):?(.+)$/.exec(word) ?? []
  const there = (meant: readonly string[]) => (target === '' ? meant : onTarget(meant, target))
  const near = nameNear(word, await namesOf(grammar))
  const meant =
    (await acceptedLine(grammar, ...habitsOf(word, words).map(line))) ??
    near ??
    (await acceptedLine(grammar, ...withoutName(place, words).map(line).map(there)))
  const text = didYouMean(`${quote(word)} is not a command`, meant)
  return usageError(text, { input: word, ...help('--help') })
}

/** What was meant by a place where a command should be: `0x10 32`, `0x10 w 1`, `0x10=1`. */
function withoutName(word: string, words: readonly string[]): string[][] {
  const [size = '', ...values] = words
  const [value, ...more] = values
  if (word.includes('=')) return [['write', word, ...words]]
  const bits = widthOf(size)
  if (bits === undefined) return [['read', word, ...words]]
  if (value === undefined) return [['read', word, '--width', bits]]
  return more.length === 0 ? [['write', `${word}=${value}`, '--width', bits]] : []
}

/** What follows a command's name: its own words, and the options of every command. */
function apart(command: string, behind: readonly string[]): { words: string[]; options: string[] } {
  const words: string[] = []
  const options: string[] = []
  for (let at = 0; at < behind.length; at++) {
    const word = behind[at] ?? ''
    const value = behind[at + 1] ?? ''
    if (!isGlobalFlag(word) || isOfOthers(command, word, value)) words.push(word)
    else {
      options.push(word)
      if (valueFlags.includes(word)) options.push(...behind.slice(++at, at + 1))
    }
  }
  return { words, options }
}

/** `-w` and `-t` of other tools, which have no value, or one that means nothing here; `-q` for 64 bits. */
function isOfOthers(command: string, flag: string, value: string): boolean {
  if (flag === '-q') return /^(?:md|mw|memtool)$/.test(command)
  if (flag === '-w') return !isWidth(value)
  return flag === '-t' && !/^(?:local|sim:)/.test(value)
}

/** The names of the commands that may stand there. */
async function namesOf({ commands, inBatch }: Grammar): Promise<string[]> {
  const shown = commands.filter(({ hidden }) => !hidden)
  if (!inBatch) return shown.map(({ name }) => name)
  const loaded = await Promise.all(shown.map(async (entry) => ({ entry, ...(await entry.load()) })))
  return loaded.flatMap(({ entry, default: { inBatches } }) =>
    inBatches === true ? [entry.name] : [],
  )
}

/** The command that goes by this name elsewhere, or has a name like this. */
function nameNear(word: string, names: readonly string[]) {
  const isName = (text: string) => {
    if (!names.includes(text)) throw new RequestError('EUSAGE', text)
  }
  if (word === 'man') return undefined // It is not a map, and its page is of the system's man.
  const other = otherNames[word.replace(/\.[bwlq]$/, '')]
  const near = nearest(word, names)
  return suggesting(word, isName, () => accepted(word, other, isMistyped(word, near) ? near : ''))
}

/** Of two mistakes none is in the first letter: `setmem` is not `devmem`. */
function isMistyped(word: string, name = ''): boolean {
  const lower = word.toLowerCase()
  return lower[0] === name[0] || editDistance(lower, name) < 2
}
