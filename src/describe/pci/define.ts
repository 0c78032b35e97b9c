/** Registers of configuration space in few words: all are little-endian, and 8, 16 or 32 bits long. */
import type { Access, Cluster, EnumeratedValue, Field, Register } from '../model.ts'

/** What bits can be: `rw1c` is cleared by a 1. */
type Rights = 'ro' | 'rw' | 'rw1c'

const ACCESS: Readonly<Record<Rights, Access>> = {
  ro: 'read-only',
  rw: 'read-write',
  rw1c: 'read-write',
}

/** `15`, or `7:4`, and the names of values by rising value from 0; `''` for one without. */
export type Bits = readonly [
  name: string,
  bits: string,
  rights?: Rights,
  values?: readonly string[],
]

/**
 * A register. Its fields have its rights where they have none of their own. `effect`: for the rare
 * one whose read does more than to give a value, which otherwise it is known not to.
 */
export function register(
  name: string,
  offset: number,
  size: 8 | 16 | 32,
  rights: Rights,
  fields: readonly Bits[] = [],
  effect: Register['readEffect'] = 'none',
): Register {
  return {
    kind: 'register',
    name,
    offset,
    size,
    width: size,
    access: ACCESS[rights],
    readEffect: effect,
    ...(rights === 'rw1c' && fields.length === 0 ? { writeEffect: 'one-to-clear' as const } : {}),
    fields: fields.map((bits) => field(bits, rights)),
  }
}

function field([name, bits, own, values]: Bits, inherited: Rights): Field {
  const rights = own ?? inherited
  const [high = 0, low = high] = bits.split(':').map(Number)
  return {
    name,
    lsb: low,
    width: high - low + 1,
    access: ACCESS[rights],
    ...(rights === 'rw1c' ? { writeEffect: 'one-to-clear' as const } : {}),
    ...(values ? { enumerations: [{ usage: 'read-write' as const, values: named(values) }] } : {}),
  }
}

function named(names: readonly string[]): EnumeratedValue[] {
  return names.flatMap((name, value) => (name === '' ? [] : [{ name, value: BigInt(value) }]))
}

/** The same register `count` times, one after the other: `NAME[0]`, `NAME[1]`. */
export function several(one: Register, count: number): Register {
  return { ...one, name: `${one.name}[%s]`, repeat: { count, stride: one.size / 8 } }
}

/** Fields that a status, a mask and an enable register share. */
export function flags(names: Readonly<Record<number, string>>): Bits[] {
  return Object.entries(names).map(([bit, name]) => [name, bit])
}

/** The registers of one capability, of which the offsets count from its start. */
export function capability(
  name: string,
  offset: number,
  description: string,
  children: readonly Register[],
): Cluster {
  return { kind: 'cluster', name, description, offset, children }
}

/** Little-endian values in what was read of a configuration space; 0 past its end. */
export class ConfigBytes {
  readonly #view: DataView

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get length(): number {
    return this.#view.byteLength
  }

  at8(offset: number): number {
    return offset < this.length ? this.#view.getUint8(offset) : 0
  }

  at16(offset: number): number {
    return this.at8(offset) | (this.at8(offset + 1) << 8)
  }

  at32(offset: number): number {
    return (this.at16(offset) | (this.at16(offset + 2) << 16)) >>> 0
  }
}
