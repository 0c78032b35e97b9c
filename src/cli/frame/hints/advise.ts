/** What was probably meant by a command line whose words are refused. */

import { RequestError } from '../../../base/errors.ts'
import { retell } from '../../../base/retell.ts'
import type { Files } from '../../../linux/files.ts'
import { listUio } from '../../../linux/uio.ts'
import { facilitiesOf, hasAddressesOnly } from '../../../machine/facilities.ts'
import type { Board } from '../../../memory/sim/index.ts'
import { isBits, isSize, isWidth } from '../../../operate/bare-number.ts'
import { isDeviceTree } from '../../../operate/files.ts'
import { isRare } from '../../../operate/place-uses.ts'
import { parseAssignment } from '../../../place/index.ts'
import { didYouMean, type Suggestion, said } from '../../../text/hint.ts'
import { filePlaceName } from '../../../text/place-name.ts'
import { quote } from '../../../text/refuse.ts'
import type { Argument, Command } from '../command.ts'
import { ownLine } from '../own-line.ts'
import { isBytesFile } from './bytes-file.ts'
import { acceptedLine, type Grammar, withArguments, wordsOf } from './line.ts'
import {
  letterWidths,
  pairedWords,
  punctuated,
  spacedKinds,
  timeHabits,
  turnedSigns,
} from './orders.ts'
import { wordAt } from './region.ts'
import { onTarget, timeoutHabits } from './target.ts'
import { withoutUntrue } from './untrue.ts'

export { withKindsThere } from './kinds-there.ts'

/** A command line, as it was given and taken apart. */
export interface CommandLine extends Grammar {
  name: string
  command: Command
  args: readonly Argument[]
  argv: readonly string[]
  /** The simulated board of the target; absent where that is another machine. */
  board?: () => Promise<Board | undefined>
  files: Files
}

/** A command line whose words are refused. */
interface Refused {
  error: RequestError
  name: string
  words: readonly string[]
  /** The line with other words in the place of its arguments. */
  withWords(others: readonly string[]): string[]
}

/** The error, with the line that was meant where one is known that the command takes. */
export async function advise(error: RequestError, line: CommandLine): Promise<RequestError> {
  const { name, command, args, argv, board, files, ...grammar } = line
  // What is wrong in a file is not in the words of the line.
  if (error.data.line !== undefined) return error
  const words = wordsOf(args)
  const withWords = (others: readonly string[]) =>
    withArguments(argv, words, others, grammar.commands)
  const refused = { error, name, words, withWords }
  if (error.code === 'ENOPLACE') {
    const { missingHabits } = await import('./rarer.ts')
    return addTo(error, await acceptedLine(grammar, ...missingHabits(refused)))
  }
  if (error.data.input === grammar.defaults.target) {
    const here = { ...grammar, defaults: { ...grammar.defaults, target: 'local' } }
    const timed = await acceptedLine(here, ...timeoutHabits(name, argv, grammar.defaults.target))
    if (timed !== undefined) return addTo(error, timed)
  }
  const boards = board && { board, ...(await import('./board-name.ts')) }
  const spelled = await boards?.spelledHere({ ...refused, argv }, boards.board, grammar)
  if (spelled !== undefined) return spelled
  const isRarer = RARER.includes(name) || isWidth(words[0] ?? '')
  const rarer = isRarer ? await import('./rarer.ts') : undefined
  // What the message suggests already is nearer, but for the same words in another order, and for the
  // name of something there: `adc` is no 0xadc.
  if (error.data.suggestion) {
    const turned = await acceptedLine(grammar, ...(rarer?.turnedLines(refused) ?? []))
    if (turned !== undefined) {
      return retell(error, said(didYouMean(error.data.suggestion.without, turned)))
    }
    const named = await boards?.atAddress({ ...refused, argv }, boards.board, grammar)
    if (named !== undefined) return named
    const elsewhere = hasAddressesOnly(grammar.defaults.target)
      ? await (await import('./elsewhere.ts')).whyElsewhere(refused, grammar)
      : undefined
    if (elsewhere !== undefined) return elsewhere
    const plain = await withoutUntrue(refused, grammar)
    return plain === undefined ? error : advise(plain, line)
  }
  const combined = combinedRefusal(refused)
  if (combined !== undefined) return combined
  // No such word is given to a bundle without names, but for devmem's.
  const isOfNames = name !== 'devmem' && words.some((word) => /^[a-z_](?![a-z0-9]*:)/i.test(word))
  const fields = isOfNames ? (await import('./fields.ts')).fieldLines(refused) : []
  const filed = words.map((word, index) => filePlaceOf(word, command, index) ?? word)
  const lines = [refused, { ...refused, words: filed }].flatMap((one) => [
    ...meantLines(one),
    ...(rarer?.rarerLines(one) ?? []),
  ])
  const meant = await acceptedLine(grammar, ...lines, ...fields)
  if (meant !== undefined) return addTo(error, meant)
  const target =
    error.code === 'ESCHEME' && /^(sim:|local(?=:))/.exec(String(error.data.input))?.[0]
  if (target) return retell(error, { data: { cure: `give it as --target ${target}` } })
  const several = await acceptedLine(grammar, ...severalValues(refused))
  if (several !== undefined) {
    const cure = `each value has its place: for one after another, ${several}`
    return retell(error, { data: { cure } })
  }
  const written = await acceptedLine(grammar, ...storeHabits(refused))
  if (written !== undefined) {
    return retell(error, { data: { cure: `read stores nothing; what does is ${written}` } })
  }
  const onBoard = await boards?.atAddress({ ...refused, argv }, boards.board, grammar)
  if (onBoard !== undefined) return onBoard
  const long = await acceptedLine(grammar, ...withLength(refused))
  if (long !== undefined) return retell(error, { data: { cure: `say how long it is: ${long}` } })
  const device = uioNamed(words, files, grammar)
  if (device !== undefined) {
    const { name, place } = device
    const line = await acceptedLine(
      grammar,
      withWords(
        words.map((word) => (word.startsWith(name) ? word.replace(name, () => place) : word)),
      ),
    )
    return retell(error, said(didYouMean(`${quote(name)} is a UIO device, not a place`, line)))
  }
  const file = words.findIndex((word, index) => isBareFile(word, command, index))
  const word = words[file]
  if (name === 'map' && word === undefined && isRegisterName(error.data.input)) {
    const line = ownLine(grammar.defaults, ['describe', `${error.data.input}`])
    const cure = `map takes places; ${line} shows where a register is`
    return retell(error, { data: { cure } })
  }
  if (word === undefined || !word.startsWith(String(error.data.input))) return error
  const path = pathIn(word)
  const isFile = `${quote(path)} is a file, not a place`
  const as = (scheme: string) =>
    withWords(words.map((other, index) => (index === file ? `${scheme}:${other}` : other)))
  if (!takesFiles(command, file)) {
    const tree = name === 'map' && isDeviceTree(path) ? as('dtb') : undefined
    const meant = await acceptedLine(grammar, tree)
    if (meant !== undefined) return retell(error, said(didYouMean(isFile, meant)))
    const cure = `a file has no physical address; read, dump and search take it as ${filePlaceName(path)}`
    return retell(error, { message: isFile, data: { cure } })
  }
  // What takes ranges only takes a file to its end.
  const toItsEnd = filed.map((other, index) => (index === file ? `${other}..` : other))
  const withFile = await acceptedLine(grammar, as('file'), withWords(filed), withWords(toItsEnd))
  if (withFile !== undefined) return retell(error, said(didYouMean(isFile, withFile)))
  return retell(error, { message: isFile, data: { cure: `it is given as ${filePlaceName(path)}` } })
}

/** The commands that have habits of their own, and are in no small bundle. */
const RARER = ['watch', 'load', 'search', 'compare', 'copy', 'fill', 'buffer']

/** The lines that others of these words may stand for, the nearest first. */
function meantLines(refused: Refused): string[][] {
  return [
    ...[spacedKinds, targetHabits, spacedHabits, writeHabits, numberHabits, bitsHabits],
    ...[devmemHabits, timeHabits, turnedSigns, pairedWords, letterWidths, punctuated],
  ].flatMap((habits) => habits(refused))
}

function addTo(error: RequestError, meant: Suggestion | undefined): RequestError {
  return retell(error, said(didYouMean(error.message, meant)))
}

/** `A |= 1`, in words of its own: what is said of `A|=1`. */
function combinedRefusal({ error, name, words }: Refused): RequestError | undefined {
  const text = words.join(' ')
  const whole = text.replace(/\s*(<<|>>|[-+|&^])=\s*/g, '$1=')
  if (name !== 'write' || whole === text || /\s/.test(whole)) return undefined
  try {
    parseAssignment(whole)
    return undefined
  } catch (refusal) {
    if (!(refusal instanceof RequestError)) throw refusal
    return retell(error, { message: refusal.message, data: refusal.data })
  }
}

/** `sim:ADDRESS`, `sim:FILE:ADDRESS`, `local:ADDRESS`: the target is one for the whole line. */
function targetHabits({ error, words, withWords }: Refused): string[][] {
  if (error.code !== 'ESCHEME') return []
  const parts = words.map((word) => /^(local|sim:(?:.+\.ya?ml(?=:))?):?(.+)$/.exec(word))
  const targets = new Set(parts.flatMap((part) => part?.[1] ?? []))
  const [target = ''] = targets
  if (targets.size !== 1) return []
  const others = words.map((word, index) => parts[index]?.[2] ?? word)
  return [onTarget(withWords(others), target)]
}

/** `PLACE = VALUE`, in one word or in three. */
function spacedHabits({ name, words, withWords }: Refused): string[][] {
  if (name !== 'write' && name !== 'wait') return []
  const text = words
    .join(' ')
    .trim()
    .replace(name === 'write' ? /\s==\s/ : /$^/, ' = ')
  const others = text.replace(/\s*(==|[!<>]=|[=<>])\s*/g, '$1').split(/\s+/)
  return /\s/.test(text) && /[=<>]/.test(text) ? [withWords(others)] : []
}

/** `write ADDRESS VALUE [WIDTH]`, `write ADDRESS WIDTH VALUE`, `wait ADDRESS VALUE`. */
function writeHabits({ name, words, withWords }: Refused): string[][] {
  const [place = '', value = '', width] = words
  const most = { write: 3, wait: 2 }[name] ?? 0
  if (words.length > most || words.some((word) => /[=<>]/.test(word))) return []
  const line = withWords([`${place}=${value}`])
  if (width === undefined) return [line]
  // `devmem ADDRESS WIDTH VALUE`; two widths may mean either.
  const turned = isWidth(value) ? [...withWords([`${place}=${width}`]), '--width', value] : []
  if (!isWidth(value)) return [[...line, '--width', width]]
  return isWidth(width) && width !== value ? [] : [turned]
}

/** `write ADDRESS VALUE VALUE...`: of the default width, which nothing else says. */
function severalValues({ name, words, withWords }: Refused): string[][] {
  const [place = '', ...values] = words
  const areNumbers = values.every(
    (word) => /^(?:0x[0-9a-f]+|[0-9]+)$/i.test(word) && !isWidth(word),
  )
  if (name !== 'write' || values.length < 2 || place.includes('=') || !areNumbers) return []
  const line = withWords(values.map((value, index) => `${wordAt(place, index, '32')}=${value}`))
  return line.some((word) => /^(?:-w|--width)/.test(word)) ? [] : [line]
}

/** The commands whose last word may be a width to people. */
const SIZED = ['read', 'watch', 'write', 'wait']

/** `read ADDRESS COUNT`, `read ADDRESS WIDTH`, and `write ADDRESS=VALUE WIDTH`. */
function numberHabits({ error, name, words, withWords }: Refused): string[][] {
  const [place = '', number = ''] = words
  if (words.length !== 2 || number !== error.data.input) return []
  if (isSize(number)) return [withWords([`${place}..+${number}`])]
  const line = withWords([place])
  // What is given already is not what the number means.
  const isGiven = (...flags: string[]) =>
    line.some((word) => flags.some((flag) => word === flag || word.startsWith(`${flag}=`)))
  const [hasWidth, hasCount] = [isGiven('-w', '--width'), isGiven('-n', '--count')]
  if (SIZED.includes(name) && isWidth(number) && !hasWidth) return [[...line, '--width', number]]
  return /^(?:read|watch)$/.test(name) && !hasCount ? [[...line, '--count', number]] : []
}

/** `read ADDRESS 7:4`, `write ADDRESS 7:4=1`. */
function bitsHabits({ error, words, withWords }: Refused): string[][] {
  const bare = words.map((word) => word.replace(/^\[|\]$/g, ''))
  const at = words.indexOf(String(error.data.input))
  if (at < 1 || !isBits(bare[at] ?? '')) return []
  return [withWords(words.toSpliced(at - 1, 2, `${words[at - 1]}:${bare[at]}`))]
}

/** `devmem ADDRESS VALUE`, `devmem ADDRESS=VALUE`: a width stands between them. */
function devmemHabits({ name, words, withWords }: Refused): string[][] {
  const [address = '', value = '', more] = words.join('=').split('=')
  const isStore = words.length === 1 || /^0x/i.test(value)
  if (name !== 'devmem' || more !== undefined || !isStore) return []
  return isWidth(`${Number(value)}`) ? [] : [withWords([address, '32', value])]
}

/** `read ADDRESS=VALUE`, and `read ADDRESS WIDTH VALUE`, as devmem stores. */
function storeHabits({ name, words, withWords }: Refused): string[][] {
  const [address = '', width = '', value = '', more] = words
  if (name === 'read' && words.every((word) => /^[^=]+=[^=]/.test(word))) {
    const line = withWords(words)
    return [line.with(line.indexOf(name), 'write')]
  }
  if (name !== 'read' || more !== undefined || !isWidth(width) || value === '') return []
  const [command, ...line] = withWords([`${address}=${value}`])
  return command === 'read' ? [['write', ...line, '--width', width]] : []
}

/** `dump ADDRESS -o FILE`, `search ADDRESS PATTERN`: with as many bytes as `dump` shows of an address. */
function withLength({ error, name, words, withWords }: Refused): string[][] {
  const at = words.indexOf(`${error.data.input}`)
  const isRead = ['dump', 'search', 'compare'].includes(name)
  // How often a FIFO is read is not to be guessed; and each access of these acts.
  const acts = withWords(words).includes('--fixed') || /^(?:port|i2c):/i.test(words[at] ?? '')
  const isSure = isRead && !acts
  return isSure && at === 0 ? [withWords(words.with(at, `${words[at]}..+0x100`))] : []
}

/** Whether it is a name such as `UART0.FR`. */
function isRegisterName(word: unknown): boolean {
  return typeof word === 'string' && /^[A-Za-z_][\w[\]]*(?:\.[A-Za-z_][\w[\]]*)+$/.test(word)
}

/** Whether a word that stands where a place should is the name of a file. */
function isBareFile(word: string, { arguments: specs }: Command, index: number): boolean {
  const { completes } = specs[Math.min(index, specs.length - 1)] ?? {}
  const isPlace = completes === 'place' || (typeof completes === 'object' && 'place' in completes)
  return isPlace && isBytesFile(pathIn(word))
}

/** The place of a file whose bare name stands where a place should, and one of a file may. */
function filePlaceOf(word: string, command: Command, index: number): string | undefined {
  if (!isBareFile(word, command, index) || !takesFiles(command, index)) return undefined
  return `file:${word}`
}

/** Whether the argument there takes `file:` places of regular files. */
function takesFiles({ arguments: specs }: Command, index: number): boolean {
  const { completes } = specs[Math.min(index, specs.length - 1)] ?? {}
  const use = typeof completes === 'object' && 'place' in completes ? completes.place : undefined
  return use === undefined || !isRare('file', use)
}

/** A word that is a UIO device of this machine, or begins with one, and the place of its first map. */
function uioNamed(
  words: readonly string[],
  files: Files,
  { defaults }: Grammar,
): { name: string; place: string } | undefined {
  const [name] = words.flatMap((word) => /^uio[0-9]+(?=$|[+:=!<>.])/.exec(word) ?? [])
  if (name === undefined || !facilitiesOf(defaults.target).includes('named places'))
    return undefined
  const [map] = listUio(files).find(({ number }) => `uio${number}` === name)?.maps ?? []
  return map && { name, place: `uio:${name}/map${map.number}` }
}

/** The name of a file that a word is, or begins with. */
function pathIn(word: string): string {
  return isBytesFile(word) ? word : word.replace(/(?:\.\.|\+|[!=<>]).*$/, '')
}
