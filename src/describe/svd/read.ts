/** CMSIS-SVD 1.3.11 (XSD and text of the specification: open-cmsis-pack.github.io/svd-spec). */
import type { Endian } from '../../base/endian.ts'
import { type ErrorCode, RequestError } from '../../base/errors.ts'
import { WIDTHS, type Width } from '../../base/width.ts'
import { clip, quote } from '../../text/refuse.ts'
import type { Block, Description, Device, SourceText } from '../model.ts'
import { blockOf } from './blocks.ts'
import { registersIn } from './boundaries.ts'
import { type Chain, Derivations, saidText, saidWords } from './derive.ts'
import { SvdFile } from './file.ts'
import { Reading } from './reading.ts'
import { DEFAULTS, inheritedBy } from './registers.ts'
import { Said } from './value.ts'
import { child, type Element, parseXml, startOf } from './xml.ts'

/** Longer than any that is known (11 MB), in UTF-16 units. */
export const LONGEST_SVD = 64 * 1024 * 1024

/**
 * What a CMSIS-SVD file describes. What is wrong in a part of it costs that part alone, and is an issue.
 * The registers of a block are read when they are first asked for.
 *
 * Throws ESYNTAX, with file, line and column, where all of it is not such a file: no XML, a web
 * page, cut off, or with a document type, whose entities are never read; ERANGE where it is longer
 * than `LONGEST_SVD`.
 */
export function readSvd(source: SourceText): Description {
  const file = new SvdFile(source.name, withoutMark(source.text))
  const root = rootOf(file)
  const reading = new Reading(file, new Derivations(file, root))
  const device = deviceOf(reading, root)
  return {
    device,
    get issues() {
      return file.issues
    },
    positionOf: (part) => file.positionOf(part),
  }
}

/** A byte order mark is not part of the text. */
function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text
}

function rootOf(file: SvdFile): Element {
  const { text } = file
  if (text.length > LONGEST_SVD) {
    const [size, most] = [text.length, LONGEST_SVD].map((one) => Math.ceil(one / 2 ** 20))
    throw refused(
      file,
      'ERANGE',
      0,
      `it has ${size} MiB, but a description has at most ${most} MiB`,
    )
  }
  const start = text.search(/\S/)
  if (start < 0) throw refused(file, 'ESYNTAX', 0, 'expected a CMSIS-SVD file, but it is empty')
  if (text[start] !== '<') {
    const found = quote(text.slice(start, start + 20).split('\n', 1)[0] ?? '')
    throw refused(
      file,
      'ESYNTAX',
      start,
      `expected a CMSIS-SVD file, which is XML, and found ${found}`,
    )
  }
  const { root, doctype, malformed, open } = parseXml(text, registersIn(text))
  if (doctype !== undefined) throw withDoctype(file, doctype.text, doctype.offset)
  if (root?.name.toLowerCase() === 'html') throw webPage(file, startOf(text, root))
  if (malformed !== undefined) {
    const last = open.at(-1)
    if (malformed.offset < text.length || last === undefined) {
      const message = `this is not well-formed XML: ${malformed.reason}`
      throw refused(file, 'ESYNTAX', malformed.offset, message)
    }
    const { line } = file.position(startOf(text, last))
    const message = `the file is cut off: it ends within <${clip(last.name)}> of line ${line}`
    throw refused(file, 'ESYNTAX', malformed.offset, message)
  }
  if (root?.name === 'device') return root
  const found = root === undefined ? 'nothing' : `<${clip(root.name)}>`
  const message = `expected <device> of a CMSIS-SVD file, and found ${found}`
  throw refused(file, 'ESYNTAX', root === undefined ? 0 : startOf(text, root), message)
}

function withDoctype(file: SvdFile, text: string, offset: number): RequestError {
  if (/^html\b/i.test(text)) return webPage(file, offset)
  const message = 'a document type (<!DOCTYPE) is refused, since no description needs its entities'
  return refused(file, 'ESYNTAX', offset, message)
}

function webPage(file: SvdFile, offset: number): RequestError {
  const message = 'this is a web page, not a CMSIS-SVD file: download the raw file'
  return refused(file, 'ESYNTAX', offset, message)
}

function refused(file: SvdFile, code: ErrorCode, offset: number, message: string): RequestError {
  const { line, column } = file.position(offset)
  const data = { file: file.name, line, column }
  return new RequestError(code, `${clip(file.name)}:${line}:${column}: ${message}`, data)
}

function deviceOf(reading: Reading, root: Element): Device {
  const chain: Chain = [root]
  const of = new Said(reading.file, chain, '')
  const busWidth = busWidthOf(of)
  const inherited = inheritedBy(reading, of, DEFAULTS)
  const unit = of.number('addressUnitBits')
  if (unit !== undefined && unit !== 8n) {
    const message = `addressUnitBits is ${unit}: offsets are read as bytes nevertheless`
    of.doubt('address-unit', message, 'addressUnitBits')
  }
  const peripherals = child(root, 'peripherals')?.children ?? []
  if (peripherals.length === 0) of.fault('no-peripherals', 'this device has no peripherals')
  const blocks = peripherals
    .filter(({ name }) => name === 'peripheral')
    .map((one) => blockOf(reading, one, inherited, busWidth))
  const description = saidWords(chain, 'description')
  const vendor = saidText(chain, 'vendor')
  const version = saidText(chain, 'version')
  return {
    name: saidText(chain, 'name') ?? reading.file.name,
    ...(description === undefined ? {} : { description }),
    ...(vendor === undefined ? {} : { vendor }),
    ...(version === undefined ? {} : { version }),
    endian: endianOf(reading, root),
    ...(busWidth === undefined ? {} : { busWidth }),
    blocks: blocks.filter((one): one is Block => one !== undefined),
  }
}

function busWidthOf(of: Said): Width | undefined {
  const width = of.number('width')
  if (width === undefined) return undefined
  const known = WIDTHS.find((one) => BigInt(one) === width)
  if (known === undefined && width > 64n) return 64
  if (known === undefined) {
    of.doubt('odd-bus', `width is ${width} bits: it is ignored`, 'width')
  }
  return known
}

/** Of `cpu`; little, where it says nothing that one can know. */
function endianOf({ file }: Reading, root: Element): Endian {
  const cpu = child(root, 'cpu')
  if (cpu === undefined) return 'little'
  const of = new Said(file, [cpu], '')
  const said = saidText([cpu], 'endian')
  if (said === undefined || said === 'little' || said === 'big') return said ?? 'little'
  of.doubt('endian', `endian is ${quote(said)}: it is read as little`, 'endian')
  return 'little'
}
