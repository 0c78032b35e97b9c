import { RequestError } from '../base/errors.ts'
import { type Bits, formatBits, parseBits } from '../text/bits.ts'
import { didYouMean } from '../text/hint.ts'
import { malformed } from '../text/refuse.ts'
import { accepted, suggesting } from '../text/suggest.ts'
import { bare, behindPlace, isPut, onPci, path, pciFunction, suffix } from './named-words.ts'
import { formatPlace, parsePlace } from './place.ts'
import { type Place, schemeOf } from './schemes/index.ts'

/**
 * Described registers by their names: `UART0.FR`, `UART0`, `'GPIO*.DIR'`, `serial0.DR`,
 * `pci:0000:00:04.0.ID`, `pl011@0x09000000.FR`. Which description that is, the room device knows.
 */
export interface NamedOperand {
  kind: 'named'
  /** As it was written, without field and bits. */
  text: string
  /** What is said to be at `at`: a file of a description, or a kind of block (`pl011`). */
  is?: string
  /** Where that is, or a place that says what it is. */
  at?: Place
  /** The same, of a PCI function whose description says where its registers are: `pci:0000:00:04.0`. */
  pci?: string
  /** Names of blocks, clusters and registers; of the registers alone where there is a place. May be ''. */
  path: string
  /** A field, by its name. */
  field?: string
  bits?: Bits
}

/** Registers by name, perhaps with bits of them. Throws ESYNTAX, or what the place in it throws. */
export function parseNamed(text: string): NamedOperand {
  return suggesting(text, readNamed, () => readNamed(text))
}

function readNamed(text: string): NamedOperand {
  const alone = bare.exec(text)
  if (alone !== null) return toNamed(text, { path: alone[1] ?? '' }, alone[2], alone[3])
  const pci = onPci.exec(text)
  if (pci !== null) {
    const [, where = '', within, registers = '', name, bits] = pci
    const at = within === undefined ? { pci: where } : { at: parsePlace(where + within) }
    return toNamed(text, { ...at, path: registers }, name, bits)
  }
  if (isPut(text)) return readPut(text)
  throw malformed(text, 'a register', 'expected BLOCK.REGISTER, such as UART0.FR')
}

function toNamed(
  text: string,
  what: Pick<NamedOperand, 'is' | 'at' | 'pci' | 'path'>,
  name: string | undefined,
  bits: string | undefined,
): NamedOperand {
  const end = name === undefined ? (bits ?? '') : `:${name}`
  return {
    kind: 'named',
    text: end === '' ? text : text.slice(0, -end.length),
    ...what,
    ...(name === undefined ? {} : { field: name }),
    ...(bits === undefined ? {} : { bits: parseBits(bits.slice(1)) }),
  }
}

/** `BLOCK@PLACE.REGISTER`: the place is as short as it can be, so that clusters are of the register. */
function readPut(text: string): NamedOperand {
  const sign = text.indexOf('@')
  const is = text.slice(0, sign)
  const rest = text.slice(sign + 1)
  let wrong: unknown
  const whole = new RegExp(`^(${pciFunction})(?:\\.(${path}))?${suffix}$`, 'i').exec(rest)
  if (whole !== null) {
    const [, pci = '', registers = '', name, bits] = whole
    return toNamed(text, { is, pci, path: registers }, name, bits)
  }
  for (let dot = rest.indexOf('.'); dot >= 0; dot = rest.indexOf('.', dot + 1)) {
    const parts = behindPlace.exec(rest.slice(dot))
    if (parts === null) continue
    const place = rest.slice(0, dot)
    // A file may be named anything: its name ends where it is said to.
    if (schemeOf(place)?.freeText === 'path' && !/\+[0-9]\w*$/.test(place)) continue
    const at = parsed(place)
    if (at instanceof RequestError) wrong ??= at
    else return toNamed(text, { is, at, path: parts[1] ?? '' }, parts[2], parts[3])
  }
  return readWholePut(text, is, rest, wrong)
}

/** `BLOCK@PLACE`: all registers of it. */
function readWholePut(text: string, is: string, rest: string, wrong: unknown): NamedOperand {
  const free = schemeOf(rest)?.freeText
  const open = /^(.*?)(\.[A-Za-z_]\w*(?::\w+)?)$/s.exec(rest)
  if (free === 'path' && open !== null && !/\+[0-9]\w*$/.test(rest)) {
    const [, file = '', end = ''] = open
    // `dump.bin`: the end of the file's name, where nothing else in it is one.
    const isOfFile = /^\.[a-z]\w*$/.test(end) && !file.slice(file.lastIndexOf('/')).includes('.')
    const meant = accepted(text, isOfFile ? `${is}@${rest}+0` : `${is}@${file}+0${end}`)
    throw malformed(text, 'a register', didYouMean(`a ${free} ends in +OFFSET here`, meant))
  }
  const at = parsed(rest)
  if (at instanceof RequestError) throw (wrong as RequestError | undefined) ?? at
  return toNamed(text, { is, at, path: '' }, undefined, undefined)
}

function parsed(text: string): Place | RequestError {
  try {
    return parsePlace(text)
  } catch (error) {
    if (error instanceof RequestError) return error
    throw error
  }
}

/** Closed by `+0` where what follows its dots would be taken for a register: the symbol `memset.cold`. */
function closedPlace(place: string): string {
  if (/\+0x[0-9a-f]+$/.test(place)) return place
  const dots = [...place.matchAll(/\./g)].map(({ index }) => index)
  const isShorter = dots.some((dot) => !(parsed(place.slice(0, dot)) instanceof RequestError))
  return isShorter || schemeOf(place)?.freeText ? `${place}+0` : place
}

/**
 * The canonical text: it parses to an equal operand, except for the text it was written as. `show`
 * writes the place.
 */
export function formatNamed(
  named: Omit<NamedOperand, 'kind' | 'text'>,
  show: (place: Place) => string = formatPlace,
): string {
  const { is, at, pci, path: registers, field: name, bits } = named
  const where = at === undefined ? (pci ?? '') : closedPlace(show(at))
  const block = is === undefined ? where : `${is}@${where}`
  const whole = [block, registers].filter((part) => part !== '').join('.')
  if (name !== undefined) return `${whole}:${name}`
  return bits === undefined ? whole : `${whole}:${formatBits(bits)}`
}
