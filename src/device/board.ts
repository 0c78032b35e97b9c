import { AccessError, RequestError } from '../base/errors.ts'
import type { Pending } from '../base/pending.ts'
import { retell } from '../base/retell.ts'
import type { Value } from '../base/width.ts'
import { type FoundField, fieldsOf, findField } from '../describe/lookup.ts'
import type { Location, Machine } from '../machine/machine.ts'
import { Program } from '../memory/program.ts'
import { unsigned, valueError } from '../memory/value.ts'
import { parseNamed } from '../place/named.ts'
import { formatPlace } from '../place/place.ts'
import type { Place } from '../place/schemes/index.ts'
import { checkValue, literalValue } from '../place/value.ts'
import { distinct } from '../text/distinct.ts'
import { checkKind, checkOptions, type OptionKinds, record, shown } from '../text/options.ts'
import { IN_A_PROGRAM } from '../wording/store.ts'
import {
  type DeviceRegister,
  inOrder,
  isReadable,
  maskOf,
  ones,
  refuseSplit,
  type SettledRegister,
} from './register.ts'
import type { Session } from './session.ts'
import { settled } from './settle.ts'
import { type Change, planStore } from './store.ts'
import { fieldValue, nameOf, valueNamed } from './values.ts'

/** A field of a register that was read. */
export interface FieldReading {
  /** A `number` up to 32 bits, a `bigint` above. */
  value: Value
  /** What the description calls the value. */
  name?: string
}

/** A register that was read. */
export interface RegisterReading {
  /** The whole value: a `number` up to 32 bits, a `bigint` at 64. */
  value: Value
  /** By their names, from the lowest bit on; where two have one name, the second is `NAME_2`. */
  fields: Record<string, FieldReading>
}

/** What a field is to have: a number, or the name of a value. */
export type FieldValue = Value | boolean | string

export interface UpdateOptions {
  /** Does what the description says should not be done. Default `false`. */
  force?: boolean
}

const OPTIONS: OptionKinds<UpdateOptions> = { force: 'boolean' }

const FIELDS = record('an object of fields')

/** What reaches the memory of registers, and keeps others from it meanwhile. */
export interface Reach {
  machine: Pick<Machine, 'locate'>
  lock<T>(places: readonly Place[], act: () => Promise<T>): Promise<T>
}

/** The registers of a machine by their names. It is closed with the machine that it is of. */
export class DescribedBoard {
  readonly #session: Session
  readonly #reach: Reach

  /** @internal */
  constructor(session: Session, reach: Reach) {
    this.#session = session
    this.#reach = reach
  }

  /**
   * Reads a register, `UART0.FR`, once, whole, at its own width, also one whose read has an effect,
   * such as clearing it: that is not refused, and where the command warns, nothing is said here.
   * Rejects with a RequestError for what is none or several, and for one that cannot be read;
   * nothing is accessed then.
   */
  async read(name: string): Promise<RegisterReading> {
    const register = await this.#one(name)
    const { access, width } = register.found.register
    if (!isReadable(access)) {
      throw new RequestError('EUSAGE', `${register.name} is ${access}: it cannot be read`)
    }
    const { memory, address } = await this.#locate(await this.#settle(register))
    const value = await named(register, () => memory.read(address, width))
    return readingOf(register, inOrder(value, register))
  }

  /**
   * Writes a whole register: one store, and no load. A negative value is taken as a memory takes it.
   * Rejects as `read` does.
   */
  async write(name: string, value: Value, options: UpdateOptions = {}): Promise<void> {
    checkKind('value', value, 'value')
    checkOptions('write', options, OPTIONS)
    const register = await this.#one(name)
    const { width } = register.found.register
    const whole = unsigned(value, width)
    if (whole === undefined) {
      throw ofRegister(valueError(value, width, 'value'), register, register.name)
    }
    const change: Change = {
      name: register.name,
      mask: ones(width),
      value: BigInt(whole),
      isWhole: true,
    }
    await this.#store(register, [change], options.force ?? false)
  }

  /**
   * Changes fields of a register, by one load and one store, or one store alone where nothing is to be
   * kept. Its other fields are written as what changes nothing. A negative value is two's complement of
   * the width of its field. Rejects with a RequestError for a field or value that there is not, and for
   * what cannot be done safely.
   */
  async update(
    name: string,
    fields: Readonly<Record<string, FieldValue>>,
    options: UpdateOptions = {},
  ): Promise<void> {
    checkKind('fields', fields, FIELDS)
    checkOptions('update', options, OPTIONS)
    const register = await this.#one(name)
    const changes = Object.entries(fields).map(([field, value]) => changeOf(register, field, value))
    if (changes.length === 0) {
      throw new RequestError('EUSAGE', `update of ${register.name}: no field is named`)
    }
    await this.#store(register, changes, options.force ?? false)
  }

  /** Nothing is accessed. */
  async #one(text: string): Promise<DeviceRegister> {
    checkKind('name', text, 'string')
    const operand = parseNamed(text)
    if (operand.field !== undefined || operand.bits !== undefined) {
      const message = `${text}: name the register alone, as ${operand.text}; its fields are in what is read`
      throw new RequestError('EUSAGE', message, { input: text })
    }
    const found = await this.#session.find(operand)
    const [register] = found
    if (register !== undefined && found.length === 1) {
      refuseSplit(register)
      return register
    }
    const such = register === undefined ? '' : `, such as ${register.name}`
    const message = `${text} is ${found.length} registers: name one${such}`
    throw new RequestError('EUSAGE', message, { input: text })
  }

  async #settle(register: DeviceRegister): Promise<SettledRegister> {
    const [there] = await settled(this.#reach.machine, [register])
    return there as SettledRegister
  }

  #locate({ place, found }: SettledRegister): Pending<Location> {
    return this.#reach.machine.locate(place, found.register.width / 8)
  }

  async #store(
    register: DeviceRegister,
    changes: readonly Change[],
    force: boolean,
  ): Promise<void> {
    const store = planStore(register, changes, { force, words: IN_A_PROGRAM })
    const { width } = register.found.register
    const there = await this.#settle(register)
    const { memory, address } = await this.#locate(there)
    const plain = (bits: bigint) => inOrder(width === 64 ? bits : Number(bits), register)
    const value = plain(store.value)
    if (!store.isUpdate) {
      const write = new Program([{ op: 'write', address, width, value }], memory.misalignment)
      await named(register, () => memory.run(write))
      return
    }
    const step = { op: 'update', address, width, mask: plain(store.mask), value } as const
    const program = new Program([step], memory.misalignment)
    const update = () => named(register, () => memory.run(program))
    await this.#reach.lock([there.place], update)
  }
}

/** An access; the error of one that fails names the register. */
async function named<T>({ name }: DeviceRegister, access: () => Promise<T>): Promise<T> {
  try {
    return await access()
  } catch (error) {
    if (!(error instanceof AccessError)) throw error
    throw retell(error, { message: `${name}: ${error.message}` })
  }
}

function readingOf(register: DeviceRegister, value: Value): RegisterReading {
  const readable = fieldsOf(register.found.register).filter(({ field }) => isReadable(field.access))
  const names = distinct(readable.map(({ name }) => name))
  const fields = readable.map((field, index): [string, FieldReading] => {
    const own = fieldValue(field, value)
    const name = nameOf(field, own)?.name
    const plain = field.width > 32 ? own : Number(own)
    return [names[index] ?? '', { value: plain, ...(name === undefined ? {} : { name }) }]
  })
  return { value, fields: Object.fromEntries(fields) }
}

function changeOf(register: DeviceRegister, name: string, given: FieldValue): Change {
  const described = { ...register.found.register, name: register.name }
  const field = findField(described, name)
  const path = `${register.name}:${field.name}`
  const value = valueIn(register, field, given, path)
  return { name: path, field, mask: maskOf(field), value: value << BigInt(field.lsb) }
}

function valueIn(
  register: DeviceRegister,
  field: FoundField,
  given: FieldValue,
  path: string,
): bigint {
  if (typeof given === 'string') return valueNamed(field, given, 'write', path).value
  try {
    return numberFor(field, given, path)
  } catch (error) {
    if (!(error instanceof RequestError) || error.code !== 'EVALUE') throw error
    throw ofRegister(error, register, path, typeof given === 'boolean' ? Number(given) : given)
  }
}

/** What is wrong with a value: of what, and where that is. */
function ofRegister(
  error: RequestError,
  { found, place }: DeviceRegister,
  path: string,
  value?: Value,
): RequestError {
  const at = place && { place: formatPlace(place) }
  const address = place?.scheme === 'address' ? { address: place.offset } : {}
  return retell(error, {
    message: `${path}: ${error.message}`,
    data: {
      width: found.register.width,
      ...(value === undefined ? {} : { value }),
      ...at,
      ...address,
    },
  })
}

function numberFor(field: FoundField, given: Exclude<FieldValue, string>, path: string): bigint {
  const isOneBit = field.width === 1
  const value = isOneBit && typeof given === 'boolean' ? Number(given) : given
  if (typeof value === 'number' || typeof value === 'bigint') {
    const room = { high: field.lsb + field.width - 1, low: field.lsb }
    const isNegative = value < 0 && (typeof value === 'bigint' || Number.isSafeInteger(value))
    if (!isNegative) return BigInt(checkValue(value, room))
    return BigInt(literalValue({ sign: '-', value: -BigInt(value) }, room))
  }
  const kinds = isOneBit ? 'a number, a boolean' : 'a number'
  const message = `${shown(given)} is not a value of ${path}: expected ${kinds} or the name of a value`
  throw new RequestError('EUSAGE', message)
}
