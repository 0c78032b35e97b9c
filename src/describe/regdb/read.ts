import { ADDRESS_LIMIT } from '../../base/limits.ts'
import { WIDTHS } from '../../base/width.ts'
import { counted } from '../../text/count.ts'
import { printable, quote } from '../../text/refuse.ts'
import type { Block, Description, Field, Register, SourceText } from '../model.ts'
import { Notes, nameOfFile, notDescribing } from '../notes.ts'

/** Of the first four bytes, read as little-endian. */
const REGDB_MAGIC = 0x00e1_1555
const VERSION = 3

/** Bytes of the packed structures (rwmem's description of the format, "Binary Format v3"). */
const [HEADER, BLOCK, REGISTER, FIELD, INDEX] = [32, 36, 34, 10, 4] as const

/** Blocks name registers, and registers fields, by indices that may be shared: so many in all. */
const MOST_PARTS = 2_000_000

const LONGEST_TEXT = 65_536

/**
 * Which bytes of a value are where, by number (rwmem's enum Endianness; its page has little and big the
 * other way round). 0 is what the block says, and of the block the order of the machine.
 */
const ENDIANS = ['little', 'big', 'little', 'big-swapped', 'little-swapped'] as const

interface Tables {
  view: DataView
  blocks: number
  blockCount: number
  registers: number
  registerCount: number
  fields: number
  fieldCount: number
  registerIndices: number
  registerIndexCount: number
  fieldIndices: number
  fieldIndexCount: number
  strings: number
}

/**
 * What a database of rwmem says. It has no rights and no effects: all registers are read-write here,
 * and what they do is unknown. A reset value of 0 is none, since rwmem writes it where it knows none.
 * Throws ESYNTAX for what is not such a file, of another version, or cut off.
 */
export function readRegdb(source: SourceText): Description {
  const bytes = source.bytes ?? new Uint8Array()
  const tables = tablesOf(source.name, bytes)
  const notes = new Notes(source.name)
  const reader = new Reader(tables, notes)
  const blocks: Block[] = []
  for (let index = 0; index < tables.blockCount; index++) blocks.push(...reader.block(index))
  const name = reader.text(tables.view.getUint32(8, true)) ?? nameOfFile(source.name)
  return { device: { name, endian: 'little', blocks }, issues: notes.issues }
}

function tablesOf(file: string, bytes: Uint8Array): Tables {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.byteLength < HEADER || view.getUint32(0, true) !== REGDB_MAGIC) {
    throw notDescribing(file, 'expected a register database of rwmem (.regdb)')
  }
  const version = view.getUint32(4, true)
  if (version !== VERSION) {
    const cure = 'regenerate it with a current rwmem'
    throw notDescribing(
      file,
      `version ${version} of regdb: only version ${VERSION} is read, ${cure}`,
    )
  }
  const count = (index: number) => view.getUint32(12 + index * 4, true)
  const [blockCount, registerCount, fieldCount] = [count(0), count(1), count(2)]
  const [registerIndexCount, fieldIndexCount] = [count(3), count(4)]
  const registers = HEADER + blockCount * BLOCK
  const fields = registers + registerCount * REGISTER
  const registerIndices = fields + fieldCount * FIELD
  const fieldIndices = registerIndices + registerIndexCount * INDEX
  const strings = fieldIndices + fieldIndexCount * INDEX
  if (strings > view.byteLength) {
    const message = `the file is cut off: its header announces ${counted(strings, 'byte')}, but it has ${view.byteLength}`
    throw notDescribing(file, message)
  }
  return {
    ...{ view, blocks: HEADER, blockCount, registers, registerCount, fields, fieldCount },
    ...{ registerIndices, registerIndexCount, fieldIndices, fieldIndexCount, strings },
  }
}

class Reader {
  readonly #tables: Tables
  readonly #notes: Notes
  #parts = 0

  constructor(tables: Tables, notes: Notes) {
    this.#tables = tables
    this.#notes = notes
  }

  /** A text of the pool; `undefined` for an empty one, and for one that is not inside. */
  text(offset: number): string | undefined {
    const { view, strings } = this.#tables
    const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
    const start = strings + offset
    if (offset === 0 || start >= bytes.length) return undefined
    const text = bytes.subarray(start, start + LONGEST_TEXT)
    const end = text.indexOf(0)
    return end <= 0 ? undefined : printable(new TextDecoder().decode(text.subarray(0, end)))
  }

  block(index: number): Block[] {
    const { view, blocks } = this.#tables
    const at = blocks + index * BLOCK
    const name = this.#name(view.getUint32(at, true), `block ${index}`)
    const base = view.getBigUint64(at + 8, true)
    const length = view.getBigUint64(at + 16, true)
    if (base + length > BigInt(ADDRESS_LIMIT)) {
      const message = `it ends at 0x${(base + length).toString(16)}: no CPU has such an address`
      this.#error('address', name, message)
      return []
    }
    const [count, first] = [view.getUint32(at + 24, true), view.getUint32(at + 28, true)]
    const usual = { endian: view.getUint8(at + 34), bytes: view.getUint8(at + 35) }
    const children = this.#indices('register', name, first, count).flatMap((one) =>
      this.#register(one, name, usual),
    )
    const description = this.text(view.getUint32(at + 4, true))
    return [
      {
        name,
        ...(description === undefined ? {} : { description }),
        base: Number(base),
        extents: length === 0n ? [] : [{ offset: 0, length: Number(length) }],
        children,
      },
    ]
  }

  #register(index: number, block: string, usual: { endian: number; bytes: number }): Register[] {
    const { view, registers } = this.#tables
    const at = registers + index * REGISTER
    const name = this.#name(view.getUint32(at, true), `register ${index}`)
    const path = `${block}.${name}`
    const offset = view.getBigUint64(at + 8, true)
    const size = (view.getUint8(at + 33) || usual.bytes) * 8
    const order = ENDIANS[view.getUint8(at + 32) || usual.endian]
    const width = WIDTHS.find((one) => one >= size)
    if (size === 0 || width === undefined)
      return this.#left(path, `it has ${counted(size / 8, 'byte')}`)
    if (offset >= BigInt(ADDRESS_LIMIT)) return this.#left(path, `its offset is ${offset}`)
    if (order === undefined || order.endsWith('swapped')) {
      return this.#left(path, `its order of bytes, ${quote(order ?? 'unknown')}, is not read`)
    }
    const reset = view.getBigUint64(at + 16, true)
    const description = this.text(view.getUint32(at + 4, true))
    const [count, first] = [view.getUint32(at + 24, true), view.getUint32(at + 28, true)]
    const fields = this.#indices('field', path, first, count).flatMap((one) =>
      this.#field(one, path, size),
    )
    return [
      {
        ...{ kind: 'register', name, offset: Number(offset), size, width, access: 'read-write' },
        ...(description === undefined ? {} : { description }),
        ...(reset === 0n || reset >> BigInt(size) !== 0n ? {} : { reset }),
        ...(order === 'big' ? { endian: 'big' as const } : {}),
        fields,
      },
    ]
  }

  #field(index: number, register: string, size: number): Field[] {
    const { view, fields } = this.#tables
    const at = fields + index * FIELD
    const name = this.#name(view.getUint32(at, true), `field ${index}`)
    const [high, low] = [view.getUint8(at + 8), view.getUint8(at + 9)]
    if (high < low || high >= size) {
      const message = `bits ${high}:${low}: the register has bits 0 to ${size - 1}`
      return this.#left(`${register}.${name}`, message)
    }
    const description = this.text(view.getUint32(at + 4, true))
    const told = description === undefined ? {} : { description }
    return [{ name, ...told, lsb: low, width: high - low + 1 }]
  }

  /** The numbers in a list, of those that there are. */
  #indices(what: 'register' | 'field', path: string, first: number, count: number): number[] {
    const { view, ...tables } = this.#tables
    const [list, listed, known] =
      what === 'register'
        ? [tables.registerIndices, tables.registerIndexCount, tables.registerCount]
        : [tables.fieldIndices, tables.fieldIndexCount, tables.fieldCount]
    if (first + count > listed) {
      this.#error('list', path, `its list of ${what}s is not inside the file`)
      return []
    }
    this.#parts += count
    if (this.#parts > MOST_PARTS) {
      this.#error('too-many', path, `the file lists more than ${MOST_PARTS} parts`)
      return []
    }
    const all = Array.from({ length: count }, (_, one) =>
      view.getUint32(list + (first + one) * INDEX, true),
    )
    if (all.every((one) => one < known)) return all
    this.#error('list', path, `its list names a ${what} that is not in the file`)
    return all.filter((one) => one < known)
  }

  #name(offset: number, otherwise: string): string {
    return this.text(offset) ?? otherwise.replace(' ', '_')
  }

  #left(path: string, message: string): [] {
    this.#error('value', path, message)
    return []
  }

  #error(code: string, path: string, message: string): void {
    this.#notes.error(code, path, { line: 1, column: 1 }, message)
  }
}
