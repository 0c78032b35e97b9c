/** What was probably meant by a command line whose words are refused. */
import type { RequestError } from '../../errors.ts'
import { quote } from '../../text/refuse.ts'
import { didYouMean, suggests } from '../../text/suggest.ts'
import type { Argument, Command } from '../command.ts'
import { restate } from '../exit.ts'
import { isRegularFile } from '../files.ts'
import { acceptedLine, withArguments, wordsOf } from './line.ts'

/** The error, with the line that was meant where one is known that the command takes. */
export async function advise(
  error: RequestError,
  name: string,
  command: Command,
  args: readonly Argument[],
  argv: readonly string[],
): Promise<RequestError> {
  if (error.code !== 'ESYNTAX' && error.code !== 'ESCHEME') return error
  // What the message suggests already is nearer.
  if (suggests(error.message)) return error
  const words = wordsOf(args)
  if (name === 'write') {
    const line = await acceptedLine(...writeHabits(words, argv))
    if (line !== undefined) return addTo(error, didYouMean(line))
  }
  if (name === 'read' && words.length === 2 && words[1] === error.data.input) {
    const [place = '', count = ''] = words
    const line = await acceptedLine([...withArguments(argv, words, [place]), '--count', count])
    return addTo(error, didYouMean(line))
  }
  if (name === 'load' && isRegularFile(words[0] ?? '')) {
    const [path = '', place = ''] = words
    const line = await acceptedLine(withArguments(argv, words, [place, path]))
    return addTo(error, didYouMean(line))
  }
  const file = words.findIndex((word, index) => isBareFile(word, command, index))
  const word = words[file]
  if (word === undefined || !word.startsWith(String(error.data.input))) return error
  const others = words.map((other, index) => (index === file ? `file:${other}` : other))
  const line = await acceptedLine(withArguments(argv, words, others))
  if (line === undefined) return error
  const message = `${quote(pathIn(word))} is a file, and no place${didYouMean(line)}`
  return restate(error, message) as RequestError
}

function addTo(error: RequestError, hint: string): RequestError {
  return restate(error, error.message + hint) as RequestError
}

/** `write ADDRESS VALUE [WIDTH]`. */
function writeHabits(words: readonly string[], argv: readonly string[]): (string[] | undefined)[] {
  const [place = '', value = '', width] = words
  if (words.some((word) => word.includes('=')) || words.length > 3) return []
  const line = withArguments(argv, words, [`${place}=${value}`])
  return [width === undefined ? line : [...line, '--width', width]]
}

/** Whether a word that stands where a place should is the name of a file. */
function isBareFile(word: string, { arguments: specs }: Command, index: number): boolean {
  const { completes } = specs[Math.min(index, specs.length - 1)] ?? {}
  return completes === 'place' && isRegularFile(pathIn(word))
}

/** The name of a file that a word is, or begins with. */
function pathIn(word: string): string {
  return isRegularFile(word) ? word : word.replace(/(?:\.\.|\+|[!=<>]).*$/, '')
}
