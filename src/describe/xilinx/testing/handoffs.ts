/** Hardware handoffs of Vivado, and archives with them, for property tests. */
import { crc32, deflateRawSync } from 'node:zlib'
import fc from 'fast-check'

export interface FieldPart {
  name: string
  lsb: number
  width: number
}
export interface RegisterPart {
  name: string
  offset: number
  size: number
  reset: bigint | undefined
  fields: readonly FieldPart[]
}
export interface ModulePart {
  name: string
  registers: readonly RegisterPart[]
  /** Where masters see it, each with its length; the same one may be there twice. */
  ranges: readonly { base: number; length: number }[]
}

const field = (size: number) =>
  fc
    .tuple(fc.nat(size - 1), fc.nat(size - 1))
    .map(([one, other]) => ({ lsb: Math.min(one, other), width: Math.abs(one - other) + 1 }))

const register = fc.constantFrom(1, 8, 16, 32, 64).chain((size) =>
  fc.record({
    offset: fc.nat(0xffff),
    size: fc.constant(size),
    reset: fc.option(fc.bigInt(0n, (1n << BigInt(size)) - 1n), { nil: undefined }),
    fields: fc
      .array(field(size), { maxLength: 4 })
      .map((all) => all.map((one, index) => ({ ...one, name: `F${index}` }))),
  }),
)

const range = fc.record({
  base: fc.integer({ min: 0, max: 0xffff_ffff }),
  length: fc.integer({ min: 1, max: 0x10_0000 }),
})

/** Modules of a design. */
export const anyModules: fc.Arbitrary<ModulePart[]> = fc
  .array(
    fc.record({
      registers: fc
        .array(register, { maxLength: 4 })
        .map((all) => all.map((one, index) => ({ ...one, name: `R${index}` }))),
      ranges: fc.array(range, { maxLength: 3 }),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((all) => all.map((one, index) => ({ ...one, name: `ip_${index}` })))

const element = (
  name: string,
  attributes: Record<string, string>,
  inside: readonly string[] = [],
) => {
  const said = Object.entries(attributes).map(([key, value]) => ` ${key}="${value}"`)
  return `<${name}${said.join('')}>\n${inside.join('')}</${name}>\n`
}

const properties = (values: Record<string, string | undefined>) =>
  Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [element('PROPERTY', { NAME: name, VALUE: value })],
  )

/** The handoff of a design of these modules, of which a processor sees all. */
export function handoffOf(modules: readonly ModulePart[]): string {
  const fieldOf = ({ name, lsb, width }: FieldPart) =>
    element('FIELD', { NAME: name }, properties({ BIT_OFFSET: `${lsb}`, BIT_WIDTH: `${width}` }))
  const registerOf = ({ name, offset, size, reset, fields }: RegisterPart) =>
    element('REGISTER', { NAME: name }, [
      ...properties({
        ADDRESS_OFFSET: `0x${offset.toString(16).toUpperCase()}`,
        ...{ SIZE: `${size}`, ACCESS: 'read-write', READ_ACTION: '' },
        RESET_VALUE: reset === undefined ? undefined : `0x${reset.toString(16)}`,
      }),
      element('FIELDS', {}, fields.map(fieldOf)),
    ])
  const moduleOf = ({ name, registers }: ModulePart) =>
    element('MODULE', { INSTANCE: name, VLNV: `example.org:ip:${name}:1.0` }, [
      element('ADDRESSBLOCK', { NAME: 'Reg' }, [
        element('REGISTERS', {}, registers.map(registerOf)),
      ]),
    ])
  const rangeOf = (instance: string, { base, length }: { base: number; length: number }) =>
    element('MEMRANGE', {
      ...{ ADDRESSBLOCK: 'Reg', INSTANCE: instance, MEMTYPE: 'REGISTER' },
      BASEVALUE: `0x${base.toString(16).padStart(8, '0').toUpperCase()}`,
      HIGHVALUE: `0x${(base + length - 1).toString(16).padStart(8, '0').toUpperCase()}`,
    })
  const seen = modules.flatMap(({ name, ranges }) => ranges.map((one) => rangeOf(name, one)))
  return element('EDKSYSTEM', { EDWVERSION: '1.2' }, [
    element('SYSTEMINFO', { NAME: 'design_1' }),
    element('MODULES', {}, [
      ...modules.map(moduleOf),
      element('MODULE', { INSTANCE: 'ps7' }, [element('MEMORYMAP', {}, seen)]),
    ]),
  ])
}

/** A zip archive of these files; behind each name in both places so many bytes more, and a comment. */
export function zipOf(
  files: Readonly<Record<string, string>>,
  {
    method = 8,
    extra = 0,
    comment = '',
  }: { method?: 0 | 8; extra?: number; comment?: string } = {},
): Uint8Array {
  const parts: Buffer[] = []
  const list: Buffer[] = []
  let at = 0
  for (const [name, text] of Object.entries(files)) {
    const plain = Buffer.from(text)
    const data = method === 8 ? deflateRawSync(plain) : plain
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(method, 4)
    common.writeUInt32LE(crc32(plain), 10)
    common.writeUInt32LE(data.length, 14)
    common.writeUInt32LE(plain.length, 18)
    common.writeUInt16LE(name.length, 22)
    common.writeUInt16LE(extra, 24)
    const more = Buffer.alloc(extra, 0xee)
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), more, data])
    const rest = Buffer.alloc(14)
    rest.writeUInt32LE(at, 10)
    list.push(Buffer.from('PK\x01\x02\x14\0'), common, rest, Buffer.from(name), more)
    parts.push(local)
    at += local.length
  }
  const central = Buffer.concat(list)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06')
  end.writeUInt16LE(Object.keys(files).length, 8)
  end.writeUInt16LE(Object.keys(files).length, 10)
  end.writeUInt32LE(central.length, 12)
  end.writeUInt32LE(at, 16)
  end.writeUInt16LE(comment.length, 20)
  return Uint8Array.from(Buffer.concat([...parts, central, end, Buffer.from(comment)]))
}
