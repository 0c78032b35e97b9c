/** Databases as rwmem writes them, and what they describe. */
import fc from 'fast-check'

export interface Database {
  /** `registers` and `fields` are indices, which may be shared. */
  blocks: readonly {
    name: string
    base: bigint
    size: bigint
    registers: readonly number[]
    /** As the file has it: 1 is big, 2 is little. */
    endian?: number
  }[]
  registers: readonly {
    name: string
    offset: bigint
    reset?: bigint
    fields: readonly number[]
    bytes?: number
  }[]
  fields: readonly { name: string; high: number; low: number }[]
}

export function databaseOf({ blocks, registers, fields }: Database): Uint8Array {
  let pool = '\0'
  const text = (name: string) => {
    const at = pool.length
    pool += `${name}\0`
    return at
  }
  const registerIndices = blocks.flatMap((one) => one.registers)
  const fieldIndices = registers.flatMap((one) => one.fields)
  const out: number[] = []
  const put = (bytes: number, ...values: (number | bigint)[]) => {
    for (const value of values)
      for (let at = 0; at < bytes; at++) out.push(Number((BigInt(value) >> BigInt(8 * at)) & 0xffn))
  }
  put(4, 0x00e1_1555, 3, text('board'), blocks.length, registers.length, fields.length)
  put(4, registerIndices.length, fieldIndices.length)
  let first = 0
  for (const one of blocks) {
    put(4, text(one.name), 0)
    put(8, one.base, one.size)
    put(4, one.registers.length, first)
    put(1, 2, 4, one.endian ?? 2, 4)
    first += one.registers.length
  }
  first = 0
  for (const one of registers) {
    put(4, text(one.name), text(`the ${one.name}`))
    put(8, one.offset, one.reset ?? 0n)
    put(4, one.fields.length, first)
    put(1, 0, one.bytes ?? 0)
    first += one.fields.length
  }
  for (const { name, high, low } of fields) {
    put(4, text(name), 0)
    put(1, high, low)
  }
  put(4, ...registerIndices, ...fieldIndices)
  return Uint8Array.from([...out, ...new TextEncoder().encode(pool)])
}

const named = <T>(prefix: string, all: readonly T[]) =>
  all.map((one, index) => ({ ...one, name: `${prefix}${index}` }))

/** Of a field all registers may have: its bits are in the narrowest that names it. */
const bits = fc.tuple(fc.nat(63), fc.nat(63)).map(([one, other]) => ({
  low: Math.min(one, other),
  high: Math.max(one, other),
}))

const indices = (count: number, maxLength: number) =>
  count === 0 ? fc.constant([]) : fc.array(fc.nat(count - 1), { maxLength })

const register = (fields: readonly { high: number }[]) =>
  fc.constantFrom(0, 1, 2, 4, 8).chain((bytes) => {
    const size = (bytes || 4) * 8
    const fitting = fields.flatMap(({ high }, index) => (high < size ? [index] : []))
    return fc.record({
      bytes: fc.constant(bytes),
      offset: fc.bigInt(0n, 0xffffn),
      reset: fc.bigInt(0n, (1n << BigInt(size)) - 1n),
      fields: indices(fitting.length, 5).map((all) => all.map((one) => fitting[one] ?? 0)),
    })
  })

/** Databases of which all can be read. */
export const anyDatabase: fc.Arbitrary<Database> = fc
  .array(bits, { maxLength: 8 })
  .map((all) => named('F', all))
  .chain((fields) =>
    fc
      .array(register(fields), { maxLength: 6 })
      .map((all) => named('R', all))
      .chain((registers) =>
        fc
          .array(
            fc.record({
              base: fc.bigInt(0n, 0xffff_ffffn),
              size: fc.bigInt(0n, 0xffff_ffffn),
              registers: indices(registers.length, 6),
              endian: fc.constantFrom(1, 2),
            }),
            { minLength: 1, maxLength: 4 },
          )
          .map((blocks) => ({ blocks: named('B', blocks), registers, fields })),
      ),
  )
