/** A name that `map` and `list` show of a simulated board, where a place should be. */
import { PhysmemError, type RequestError } from '../../../base/errors.ts'
import { retell } from '../../../base/retell.ts'
import { inventoryOfBoard } from '../../../inventory/board.ts'
import type { Region } from '../../../inventory/region.ts'
import type { Board } from '../../../memory/sim/index.ts'
import { didYouMean, said } from '../../../text/hint.ts'
import { formatAddress, formatHex } from '../../../text/number.ts'
import { quote } from '../../../text/refuse.ts'
import { ownLine } from '../own-line.ts'
import { acceptedLine, type Grammar, whyRefused } from './line.ts'

/** What has the name that was refused as a place, and where. */
export interface Named {
  name: string
  address: string
  /** Bits of the register; `undefined` for a whole region. */
  width?: number
  /** Whether it is a register, or a region that has some. */
  hasRegisters: boolean
  /** All of a region that has no registers. */
  range?: string
  /** Whether it is a ROM. */
  isRom?: boolean
  /** What was given behind the name, of such a region. */
  offset?: string
}

/** What the board of the target calls so; `undefined` where the target has no board. */
export async function namedOnBoard(
  { code, data: { input, known, suggestion } }: RequestError,
  board: () => Promise<Board | undefined>,
): Promise<Named | undefined> {
  const isWord = code === 'ESYNTAX' && (known ?? suggestion) !== undefined
  return isWord ? ((await lookUp(`${input}`, board)) ?? insideOf(`${input}`, board)) : undefined
}

/** The memory in which `ram+0x10` is: of a device the register that is there has a name. */
async function insideOf(
  text: string,
  board: () => Promise<Board | undefined>,
): Promise<Named | undefined> {
  const [, name, offset] = /^(\w+)\+(0x[0-9a-f]+|[0-9]+)$/i.exec(text) ?? []
  const memory = name === undefined ? undefined : await lookUp(name, board)
  return memory?.range === undefined || offset === undefined ? undefined : { ...memory, offset }
}

/** The error of a name of the board, with its address, and the line that has this in its place. */
export async function atAddress(
  line: NamedLine & { error: RequestError },
  board: () => Promise<Board | undefined>,
  grammar: Grammar,
): Promise<RequestError | undefined> {
  const named = await namedOnBoard(line.error, board)
  if (named === undefined) return undefined
  const { name, address, offset } = named
  const [text, where] = offset === undefined ? [name, 'it'] : [`${name}+${offset}`, name]
  const message = `${quote(text)} is not a place: on this board ${where} is at ${address}`
  const meant = await acceptedLine(grammar, await boardLine(named, line, board))
  const told = retell(line.error, said(didYouMean(message, meant)))
  if (meant !== undefined || !named.hasRegisters) return told
  const cure = `${ownLine(grammar.defaults, ['list', name])} shows the registers there`
  return retell(told, { data: { cure } })
}

/** What the board of the target calls so. */
export async function lookUp(
  name: string,
  board: () => Promise<Board | undefined>,
): Promise<Named | undefined> {
  // As names of registers are taken: in any case.
  const isIt = (one: Region) => one.name.toLowerCase() === name.toLowerCase()
  for (const region of await regionsOf(board)) {
    const hasRegisters = region.children.length > 0
    if (isIt(region)) {
      const address = formatAddress(region.start)
      const range = `${address}..+${formatHex(region.last - region.start + 1)}`
      const isRom = region.kind === 'rom'
      return { name, address, hasRegisters, ...(hasRegisters ? {} : { range, isRom }) }
    }
    const register = region.children.find(isIt)
    if (register === undefined) continue
    const width = 8 * (register.last - register.start + 1)
    return { name, address: formatAddress(register.start), width, hasRegisters }
  }
  return undefined
}

/** A line in which the name stands. */
interface NamedLine {
  name: string
  words: readonly string[]
  argv: readonly string[]
  withWords(others: readonly string[]): string[]
}

/** The commands that take a range which is written, and where it stands among their words. */
const RANGED: Record<string, number> = { search: 0, compare: 0, copy: 0, fill: 0, cache: 1 }

/** Which word of a command says where it stores; `write` has no others. */
const STORED: Record<string, number> = { fill: 0, load: 0, copy: 1 }

/** The line with the addresses of what it names; `undefined` where a read of it could have effects, or a store has none. */
export async function boardLine(
  named: Named,
  line: NamedLine,
  board: () => Promise<Board | undefined>,
): Promise<string[] | undefined> {
  const { name, words, argv } = line
  // To a file no address goes without its end.
  const isToFile = argv.some((word) => /^(?:-o|--output)/.test(word))
  // By name, registers are left out that a read would change.
  if (name === 'dump' && named.hasRegisters)
    return argv.with(argv.indexOf(name), isToFile ? 'snapshot' : 'read')
  const others: string[] = []
  for (const [index, word] of words.entries()) {
    const [called = ''] = word.split(/[:=!<>+]|\.\./)
    const one = called === '' ? undefined : await lookUp(called, board)
    // An address has no end of its own.
    const isOpen = word === `${called}..`
    const isRanged = index === RANGED[name] || (name === 'dump' && isToFile)
    const isWhole = isOpen || (isRanged && called === word)
    const place = isWhole ? one?.range : one?.address
    if (one !== undefined && place === undefined) return undefined
    if (one?.isRom && (name === 'write' || STORED[name] === index)) return undefined
    others.push(place === undefined ? word : word.replace(isOpen ? word : called, () => place))
  }
  const { width = 32 } = named
  const whole = line.withWords(others)
  return width === 32 ? whole : [...whole, '--width', `${width}`]
}

/** What others write between a block and its register; of these, some stand nowhere else in what is given here. */
const JOINTS = ['/', ':', '::', '_', '->']
const SURE_JOINTS = ['/', '::', '->']

/** The error of names of registers that are written otherwise, with the line as it is written here, or what is said of that. */
export async function spelledHere(
  given: NamedLine & { error: RequestError },
  board: () => Promise<Board | undefined>,
  grammar: Grammar,
): Promise<RequestError | undefined> {
  const { error, withWords } = given
  const spelled = await respelled(given.words, board)
  if (spelled === undefined) return undefined
  const line = withWords(spelled)
  const meant = await acceptedLine(grammar, line)
  const wrong = error.data.suggestion?.without ?? error.message
  if (meant !== undefined) return retell(error, said(didYouMean(wrong, meant)))
  const refusal = await whyRefused(line, grammar)
  const isSure = SURE_JOINTS.some((joint) => `${error.data.input}`.includes(joint))
  if (!isSure || refusal === undefined) return undefined
  const there = { ...given, error: refusal, words: spelled, argv: line }
  return (await atAddress(there, board, grammar)) ?? retell(error, refusal)
}

/**
 * The words with the names of registers of the board as they are written here, in the place of
 * `uart0/FR`, `uart0:FR:TXFE`, `uart0_FR`, `uart0.FR:`, `uart0.` and `FR:TXFE`; `undefined` where none is such.
 */
async function respelled(
  words: readonly string[],
  board: () => Promise<Board | undefined>,
): Promise<string[] | undefined> {
  if (!words.some((word) => /^[a-z_]\w*(?:[.:/_]|->)/i.test(word))) return undefined
  const blocks = (await regionsOf(board)).filter(({ children }) => children.length > 0)
  const names = blocks.flatMap(({ name, children }) => [name, ...children.map((one) => one.name)])
  const others = words.map((word) => respelledWord(word, names))
  return others.some((other, index) => other !== words[index]) ? others : undefined
}

function respelledWord(word: string, names: readonly string[]): string {
  const lower = word.toLowerCase()
  for (const name of names) {
    if ([`${name}.`, `${name}:`].some((one) => one.toLowerCase() === lower)) return name
    for (const joint of name.includes('.') ? JOINTS : []) {
      const spelled = name.replace('.', () => joint)
      const behind = word.slice(spelled.length)
      if (lower.startsWith(spelled.toLowerCase()) && /^(?:$|[:=!<>])/.test(behind))
        return name + behind
    }
  }
  const blocks = names.filter((name) => !name.includes('.'))
  return ofBlock(word, blocks) ?? ofRegister(word, names) ?? word
}

/** `CONTROL:MODE=Fast` as `demo.CONTROL:MODE=Fast`, where one block has such a register. */
function ofRegister(word: string, names: readonly string[]): string | undefined {
  const [, register = '', field = ''] = /^([a-z_]\w*)(:.+)$/is.exec(word) ?? []
  const end = `.${register.toLowerCase()}`
  const [only, more] = names.filter((name) => name.toLowerCase().endsWith(end))
  return only === undefined || more !== undefined ? undefined : only + field
}

/** `demo/NOPE` as `demo.NOPE`: what is wrong with it is said of that. */
function ofBlock(word: string, blocks: readonly string[]): string | undefined {
  for (const block of blocks) {
    for (const joint of SURE_JOINTS) {
      const start = block + joint
      const register = word.slice(start.length)
      if (word.toLowerCase().startsWith(start.toLowerCase()) && /^[a-z_]/i.test(register))
        return `${block}.${register}`
    }
  }
  return undefined
}

async function regionsOf(board: () => Promise<Board | undefined>): Promise<Region[]> {
  const description = await board().then(
    (opened) => opened?.description,
    (error: unknown) => {
      // What is wrong with the target is not what is wrong with the word.
      if (error instanceof PhysmemError) return undefined
      throw error
    },
  )
  return description === undefined ? [] : inventoryOfBoard(description, 'sim:').memory
}
