import { ADDRESS_LIMIT } from '../../base/limits.ts'
import { WIDTHS, type Width } from '../../base/width.ts'
import { parseNumber } from '../../text/number.ts'
import { quote } from '../../text/refuse.ts'
import type { Block, Description, Position, Register, SourceText } from '../model.ts'
import { Notes, nameOfFile } from '../notes.ts'
import { readCsv } from './csv.ts'
import { readJson } from './json.ts'
import type { ListedRegister, Said, Soc } from './soc.ts'

/** How the bus of the registers is built. */
interface Bus {
  /** Bits of a word: the bits of each that are used. */
  wordBits: number
  /** Bytes from one word to the next (config_csr_alignment). */
  stride: number
  /** Whether the word at the lowest address is the least significant one. */
  littleFirst: boolean
}

/** Words that a register may have: 2^16 bits at least. */
const MOST_WORDS = 8192
/** Words of all registers together. */
const MOST_WORDS_IN_ALL = 2 ** 17

/**
 * What LiteX says of its registers: each module a block, whose name is the longest base that the
 * register's begins with. A register of several words of the bus is as many registers here, since no
 * access reaches more than one of them: `time_w1` and `time_w0`, of which `w0` is the least
 * significant. Throws ESYNTAX for what is not such a file.
 */
export function readLitex(source: SourceText): Description {
  const notes = new Notes(source.name)
  const text = source.text.replace(/^\ufeff/, '')
  const soc = /^\s*\{/.test(text) ? readJson(text, source.name) : readCsv(text, notes)
  const bus = busOf(soc, notes)
  return {
    device: { name: nameOfFile(source.name), endian: 'little', blocks: blocksOf(soc, bus, notes) },
    issues: notes.issues,
  }
}

/** Most significant first unless it says otherwise (litex/soc/interconnect/csr.py, CSRStorage). */
function busOf({ constants }: Soc, notes: Notes): Bus {
  const number = (name: string, usual: number, allowed: readonly number[]): number => {
    const said = constants.get(name)
    const shown = allowed.join(', ')
    if (said === undefined) {
      if (name !== WIDTH) return usual
      const message = `the constants do not define ${name}: it is read as ${usual}`
      notes.warning('no-data-width', '', { line: 1, column: 1 }, message)
      return usual
    }
    const found = allowed.find((one) => `${one}` === said.text)
    if (found !== undefined) return found
    const message = `${name}: expected one of ${shown}, got ${quote(said.text)}: it is read as ${usual}`
    notes.warning('value', '', said.at, message)
    return usual
  }
  const ordering = constants.get('config_csr_ordering')?.text
  return {
    wordBits: number(WIDTH, 32, WIDTHS),
    stride: number('config_csr_alignment', 32, [32, 64]) / 8,
    littleFirst: constants.has('config_csr_ordering_little') || ordering === 'little',
  }
}

const WIDTH = 'config_csr_data_width'

function blocksOf({ bases, registers }: Soc, bus: Bus, notes: Notes): Block[] {
  const modules = new Map<string, { base: number; children: Register[] }>()
  for (const [name, said] of bases) {
    const base = numberOf(said, name, 'the address of a module', ADDRESS_LIMIT - 1, notes)
    if (base !== undefined) modules.set(name, { base, children: [] })
  }
  let all = 0
  const longestFirst = [...modules.keys()].sort((one, other) => other.length - one.length)
  for (const listed of registers) {
    const { name: path, at } = listed
    const address = numberOf(listed.address, path, 'an address', ADDRESS_LIMIT - 1, notes, at)
    if (address === undefined) continue
    const module = longestFirst.find(
      (name) =>
        listed.name.startsWith(`${name}_`) && address >= (modules.get(name)?.base ?? Infinity),
    )
    const home = module === undefined ? undefined : modules.get(module)
    if (module === undefined || home === undefined) {
      const message = 'no base before it has a name that its own name begins with'
      notes.error('no-base', listed.name, listed.at, message)
      continue
    }
    const inside = `${module}.${path.slice(module.length + 1)}`
    const registers = registersOf(listed, inside, address - home.base, bus, notes)
    all += registers.length
    if (all > MOST_WORDS_IN_ALL) {
      const message = `it takes the total above ${MOST_WORDS_IN_ALL} words: the rest is left out`
      notes.error('too-many', inside, listed.at, message)
      break
    }
    home.children.push(...registers)
  }
  return [...modules].map(([name, { base, children }]) => ({
    name,
    base,
    extents: [],
    children,
  }))
}

/** One for each word, at rising offsets. */
function registersOf(
  listed: ListedRegister,
  path: string,
  offset: number,
  { wordBits, stride, littleFirst }: Bus,
  notes: Notes,
): Register[] {
  const words = numberOf(listed.words, path, 'a number of words', MOST_WORDS, notes, listed.at)
  if (words === undefined) return []
  if (words === 0) {
    notes.error('value', path, listed.words?.at ?? listed.at, 'it has no words')
    return []
  }
  const name = path.slice(path.indexOf('.') + 1)
  const said = listed.type?.text
  if (said !== 'ro' && said !== 'rw') {
    const came = said === undefined ? 'nothing' : quote(said)
    const message = `type: expected ro or rw, got ${came}: it is read as rw`
    notes.warning('value', path, listed.type?.at ?? listed.at, message)
  }
  // The bus of the CPU has at least 32 bits, and an access of less may not reach a word.
  const width: Width = wordBits === 64 ? 64 : 32
  // litex/soc/interconnect/csr_eventmanager.py: an event is cleared by writing 1.
  const isPending = /(?:^|_)ev_pending$/.test(name)
  return Array.from({ length: words }, (_, index): Register => {
    const rank = littleFirst ? index : words - 1 - index
    const low = rank * wordBits
    return {
      kind: 'register',
      name: words === 1 ? name : `${name}_w${rank}`,
      ...(words === 1 ? {} : { description: `Bits ${low + wordBits - 1}:${low} of ${name}` }),
      offset: offset + index * stride,
      size: wordBits,
      width,
      access: said === 'ro' ? 'read-only' : 'read-write',
      ...(isPending ? { writeEffect: 'one-to-clear' as const } : {}),
      fields: [],
    }
  })
}

/** A number as it is said; anything else is reported, and `undefined`. */
function numberOf(
  said: Said | undefined,
  path: string,
  what: string,
  max: number,
  notes: Notes,
  near: Position = { line: 1, column: 1 },
): number | undefined {
  if (said === undefined || said.text === '') {
    const at = said?.at ?? near
    notes.error('missing', path, at, `expected ${what}, got nothing`)
    return undefined
  }
  try {
    return Number(parseNumber(said.text, { max: BigInt(max), what }))
  } catch (error) {
    notes.error('value', path, said.at, (error as Error).message)
    return undefined
  }
}
