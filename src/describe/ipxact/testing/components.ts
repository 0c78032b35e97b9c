/** Components of IP-XACT and what they describe, for property tests. */
import fc from 'fast-check'

/** A part of a memory map, as a reader is to have it. */
export interface FieldPart {
  name: string
  lsb: number
  width: number
  reset: bigint | undefined
}
export interface RegisterPart {
  kind: 'register'
  name: string
  offset: number
  size: number
  /** How many there are; absent: one, that is no array. */
  count?: number | undefined
  fields: readonly FieldPart[]
}
export interface FilePart {
  kind: 'file'
  name: string
  offset: number
  range: number
  count?: number | undefined
  children: readonly (RegisterPart | FilePart)[]
}
export interface BlockPart {
  name: string
  base: number
  range: number
  children: readonly (RegisterPart | FilePart)[]
}

/** A year of IEEE 1685, and the prefix of its elements. */
export type Year = '2009' | '2014' | '2022'

const count = fc.option(fc.integer({ min: 1, max: 64 }), { nil: undefined })
const offset = fc.integer({ min: 0, max: 0xffff }).map((one) => one * 4)

/** Fields that stand one behind the other, some bits apart. */
const fields = (size: number): fc.Arbitrary<FieldPart[]> =>
  fc
    .array(
      fc.record({ gap: fc.nat(3), width: fc.integer({ min: 1, max: 8 }), value: fc.nat(255) }),
      {
        maxLength: 6,
      },
    )
    .map((all) => {
      const made: FieldPart[] = []
      let lsb = 0
      for (const { gap, width, value } of all) {
        lsb += gap
        if (lsb + width > size) break
        const reset = gap === 0 ? undefined : BigInt(value) & ((1n << BigInt(width)) - 1n)
        made.push({ name: `F${made.length}`, lsb, width, reset })
        lsb += width
      }
      return made
    })

const register = fc.constantFrom(1, 8, 16, 20, 32, 64).chain((size) =>
  fc.record({
    kind: fc.constant('register' as const),
    ...{ offset, count, fields: fields(size), size: fc.constant(size) },
  }),
)

type Unnamed = Omit<RegisterPart, 'name'> | Omit<FilePart, 'name'>

const named = (all: readonly Unnamed[]) =>
  all.map((one, index) => ({ ...one, name: `P${index}` }) as RegisterPart | FilePart)

const { part } = fc.letrec<{ part: Unnamed; file: Unnamed }>((tie) => ({
  part: fc.oneof({ maxDepth: 3, withCrossShrink: true }, register, tie('file')),
  file: fc.record({
    kind: fc.constant('file' as const),
    ...{ offset, count, range: fc.integer({ min: 1, max: 0x1000 }) },
    children: fc.array(tie('part'), { maxLength: 3 }).map(named),
  }),
}))

/** Blocks of which none is at 0. */
export const anyBlocks: fc.Arbitrary<BlockPart[]> = fc
  .array(
    fc
      .record({
        base: fc.integer({ min: 1, max: 0xffff_ffff }),
        range: fc.integer({ min: 1, max: 0x10_0000 }),
        children: fc.array(part, { minLength: 1, maxLength: 4 }).map(named),
      })
      .map((one) => ({ ...one, name: '' })),
    { minLength: 1, maxLength: 3 },
  )
  .map((all) => all.map((one, index) => ({ ...one, name: `B${index}` })))

/** How a number is written: each is one of those that the format has. */
const WRITTEN: readonly ((value: bigint) => string)[] = [
  (value) => `${value}`,
  (value) => `0x${value.toString(16)}`,
  (value) => `'h${value.toString(16)}`,
  (value) => `64'h${value.toString(16).toUpperCase()}`,
  (value) => `'d${value}`,
  (value) => `'b${value.toString(2)}`,
  (value) => `'h${value.toString(16)} + 0`,
]

export const anyStyle = fc.record({
  year: fc.constantFrom<Year>('2009', '2014', '2022'),
  /** Which way of writing each number has, in turn. */
  ways: fc.array(fc.nat(WRITTEN.length - 1), { minLength: 1, maxLength: 16 }),
})

/** A component with these blocks in one memory map. */
export function componentOf(
  blocks: readonly BlockPart[],
  { year, ways }: { year: Year; ways: readonly number[] },
): string {
  let written = 0
  const number = (value: number | bigint) => {
    const way = WRITTEN[ways[written++ % ways.length] ?? 0]
    return way?.(BigInt(value)) ?? ''
  }
  const element = (name: string, inside: string) => `<${name}>${inside}</${name}>\n`
  const repeated = (count: number | undefined) => {
    if (count === undefined) return ''
    const dim = element('dim', number(count))
    return year === '2022' ? element('array', dim) : dim
  }
  const field = ({ name, lsb, width, reset }: FieldPart) =>
    element(
      'field',
      element('name', name) +
        element('bitOffset', number(lsb)) +
        element('bitWidth', number(width)) +
        (reset === undefined || year === '2009'
          ? ''
          : element('resets', element('reset', element('value', number(reset))))),
    )
  const partOf = (one: RegisterPart | FilePart): string => {
    const start =
      element('name', one.name) + repeated(one.count) + element('addressOffset', number(one.offset))
    return one.kind === 'register'
      ? element(
          'register',
          start + element('size', number(one.size)) + one.fields.map(field).join(''),
        )
      : element(
          'registerFile',
          start + element('range', number(one.range)) + one.children.map(partOf).join(''),
        )
  }
  const block = ({ name, base, range, children }: BlockPart) =>
    element(
      'addressBlock',
      element('name', name) +
        element('baseAddress', number(base)) +
        element('range', number(range)) +
        element('width', number(32)) +
        children.map(partOf).join(''),
    )
  const map = element('memoryMap', element('name', 'map') + blocks.map(block).join(''))
  const prefix = year === '2009' ? 'spirit' : 'ipxact'
  const space = `http://www.accellera.org/XMLSchema/IPXACT/1685-${year}`
  const inside = element('name', 'made') + element('memoryMaps', map)
  return `<component xmlns:${prefix}="${space}">${inside}</component>`.replace(
    /<(\/?)(?=\w)/g,
    `<$1${prefix}:`,
  )
}
