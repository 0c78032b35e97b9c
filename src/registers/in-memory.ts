/** Registers in a `Memory`: each act is one program of one step. */
import { RequestError } from '../base/errors.ts'
import type { ValueOf, Width } from '../base/width.ts'
import { Memory } from '../memory/memory.ts'
import { checkKind, NATURAL, type Shape, shape } from '../text/options.ts'
import { swapped } from './codes.ts'

/** What a register held: all of it, and its fields. */
export interface Reading<Fields, V extends number | bigint = number> {
  value: V
  fields: Fields
}

export interface Readable<Fields, V extends number | bigint = number> {
  /** One load. */
  read(): Promise<Reading<Fields, V>>
}

export interface Writable<Given, V extends number | bigint = number> {
  /** One store, and no load: of a whole value, or of all fields that may be written. */
  write(given: V | Given): Promise<void>
}

export interface Modifiable<Given> {
  /** Changes these fields, and keeps the others: one load and one store, in one step. */
  modify(given: Partial<Given>): Promise<void>
}

/** What a change stores: these bits, and of them those that are set. */
export interface Changing<V extends number | bigint = number> {
  mask: V
  bits: V
}

/** How the fields of a register become its value. What it cannot do is absent. */
export interface Layout<Fields, Given, V extends number | bigint = number> {
  /** In block and register, for messages: `UART0.CR`. */
  name: string
  width: Width
  /** Whether its bytes are in the order that the CPU's are not. */
  isSwapped?: boolean
  read?(value: V): Fields
  /** The whole value, of all fields. */
  write?(given: Given): V
  /** What is stored where a load need not come first. */
  store?(given: Partial<Given>): V
  /** What is changed of what was loaded. */
  change?(given: Partial<Given>): Changing<V>
}

/** A register in a memory; the types of generated code tell which of these it has. */
export interface Registers<Fields, Given, V extends number | bigint = number>
  extends Readable<Fields, V>,
    Writable<Given, V>,
    Modifiable<Given> {}

const MEMORY: Shape = { expected: 'a memory', is: (value) => value instanceof Memory }
const LAYOUT = shape<Layout<unknown, unknown>>('the layout of a register', {
  name: 'string',
  width: [8, 16, 32, 64],
})

/** The register of this layout at an address of a memory. */
export function inMemory<Fields, Given, V extends number | bigint = number>(
  memory: Memory,
  address: number,
  layout: Layout<Fields, Given, V>,
): Registers<Fields, Given, V> {
  checkKind('memory', memory, MEMORY)
  checkKind('address', address, NATURAL)
  checkKind('layout', layout, LAYOUT)
  return new InMemory(memory, address, layout)
}

class InMemory<Fields, Given, V extends number | bigint> implements Registers<Fields, Given, V> {
  readonly #memory: Memory
  readonly #address: number
  readonly #layout: Layout<Fields, Given, V>

  constructor(memory: Memory, address: number, layout: Layout<Fields, Given, V>) {
    this.#memory = memory
    this.#address = address
    this.#layout = layout
  }

  async read(): Promise<Reading<Fields, V>> {
    const { read, width } = this.#layout
    if (read === undefined) throw this.#cannot('is not read')
    const value = this.#ordered((await this.#memory.read(this.#address, width)) as V)
    return { value, fields: read(value) }
  }

  async write(given: V | Given): Promise<void> {
    const { write, width } = this.#layout
    if (write === undefined) throw this.#cannot('is not written')
    const value = typeof given === 'object' ? write(given as Given) : (given as V)
    return await this.#memory.write(this.#address, width, this.#ordered(value))
  }

  async modify(given: Partial<Given>): Promise<void> {
    const { store, change, width } = this.#layout
    if (store !== undefined) {
      return await this.#memory.write(this.#address, width, this.#ordered(store(given)))
    }
    if (change === undefined) throw this.#cannot('is not changed by parts')
    const { mask, bits } = change(given)
    await this.#memory.update(this.#address, width, this.#ordered(mask), this.#ordered(bits))
  }

  #ordered(value: V): V {
    const { isSwapped, width } = this.#layout
    if (!isSwapped) return value
    return swapped(value as ValueOf<Width>, width) as V
  }

  #cannot(what: string): RequestError {
    const { name } = this.#layout
    return new RequestError('EUSAGE', `${name} ${what}: its description does not allow it`)
  }
}
