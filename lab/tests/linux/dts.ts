/**
 * Reads what `dtc -I dtb -O dts` and `fdtdump` print: the witnesses for device trees. Shares nothing
 * with what they judge. dtc guesses how to show a value, as text, cells or bytes; here all become
 * hexadecimal digits again.
 */
import { command } from '../../supply/command.ts'

export interface DtsNode {
  readonly name: string
  /** Values as hexadecimal digits, in the order of the text. */
  readonly properties: Map<string, string>
  readonly children: DtsNode[]
}

export interface Dts {
  readonly root: DtsNode
  /** Pairs of address and length, as 16 hexadecimal digits each. */
  readonly reserved: string[][]
}

const escapes: Readonly<Record<string, string>> = {
  a: '07',
  b: '08',
  t: '09',
  n: '0a',
  v: '0b',
  f: '0c',
  r: '0d',
  '0': '00', // dtc writes no other octal number
  '"': '22',
  '\\': '5c',
}

/** What dtc makes of a blob; `-f`: also of one that it complains of. */
export async function decompile(file: string): Promise<Dts> {
  const text = await command('dtc', ['-q', '-f', '-I', 'dtb', '-O', 'dts', file])
  return parseDts(text.toString('latin1'))
}

/** What fdtdump finds in the header of a blob, by its names, and the reserved memory. */
export async function dumpHeader(file: string): Promise<Record<string, number | string[][]>> {
  const text = (await command('fdtdump', [file])).toString('latin1')
  const fields = [...text.matchAll(/^\/\/ (\w+):\t+(\w+)/gm)]
  const reserved = [...text.matchAll(/^\/memreserve\/ (?:0x)?([0-9a-f]+) (?:0x)?([0-9a-f]+);/gm)]
  return {
    ...Object.fromEntries(fields.map(([, name, value]) => [name, Number(value)])),
    reserved: reserved.map((entry) => entry.slice(1).map((digits) => digits.padStart(16, '0'))),
  }
}

class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  /** Takes what `pattern`, a sticky one, finds here, and the blanks after it. */
  take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at
    const match = pattern.exec(this.#text)
    if (match === null) return undefined
    this.#at = pattern.lastIndex
    return match
  }

  need(pattern: RegExp): string[] {
    const match = this.take(pattern)
    if (match) return [...match]
    throw new Error(`dts: expected ${pattern} at ${this.#text.slice(this.#at, this.#at + 80)}`)
  }
}

export function parseDts(text: string): Dts {
  const reader = new Reader(text)
  reader.need(/\s*\/dts-v1\/;\s*/y)
  const reserved: string[][] = []
  for (;;) {
    const entry = reader.take(/\/memreserve\/\s+0x([0-9a-f]+) 0x([0-9a-f]+);\s*/y)
    if (entry === undefined) break
    reserved.push(entry.slice(1).map((digits) => digits.padStart(16, '0')))
  }
  reader.need(/\/ \{\s*/y)
  return { root: parseBody(reader, ''), reserved }
}

function parseBody(reader: Reader, name: string): DtsNode {
  const node: DtsNode = { name, properties: new Map(), children: [] }
  while (!reader.take(/\};\s*/y)) {
    const [, member = '', next] = reader.need(/([^\s;={}]+)\s*([;={])\s*/y)
    if (next === '{') node.children.push(parseBody(reader, member))
    else node.properties.set(member, next === ';' ? '' : parseValue(reader))
  }
  return node
}

function parseValue(reader: Reader): string {
  let hex = ''
  for (;;) {
    const [, cells, bytes, string] = reader.need(
      /<([^>]*)>\s*|\[([^\]]*)\]\s*|"((?:[^"\\]|\\.)*)"\s*/y,
    )
    if (cells !== undefined)
      hex += cells.replace(/\s*0x(\w+)\s*/g, (_, digits) => digits.padStart(8, '0'))
    if (bytes !== undefined) hex += bytes.replace(/\s+/g, '')
    if (string !== undefined) hex += `${hexOfString(string)}00`
    const [, end] = reader.need(/([,;])\s*/y)
    if (end === ';') return hex
  }
}

function hexOfString(string: string): string {
  if (!string.includes('\\')) return Buffer.from(string, 'latin1').toString('hex')
  return string.replace(/\\x(..)|\\(.)|([^\\]+)/gs, (_, byte, escaped, plain) => {
    if (byte !== undefined) return byte
    if (plain !== undefined) return Buffer.from(plain, 'latin1').toString('hex')
    const known = escapes[escaped]
    if (known === undefined) throw new Error(`dts: unknown escape \\${escaped}`)
    return known
  })
}
