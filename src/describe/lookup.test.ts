import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RequestError } from '../base/errors.ts'
import {
  type FoundRegister,
  fieldsOf,
  find,
  findBlock,
  findField,
  findRegister,
  registersOf,
} from './lookup.ts'
import type { Block, Cluster, Device, Field, Register, Repeat } from './model.ts'

function register(name: string, offset: number, more: Partial<Register> = {}): Register {
  const access = 'read-write'
  return { kind: 'register', name, offset, size: 32, width: 32, access, fields: [], ...more }
}

function cluster(
  name: string,
  offset: number,
  children: Cluster['children'],
  repeat?: Repeat,
): Cluster {
  return { kind: 'cluster', name, offset, children, ...(repeat && { repeat }) }
}

function block(name: string, base: number, children: Block['children'], repeat?: Repeat): Block {
  return { name, base, extents: [], children, ...(repeat && { repeat }) }
}

const field = (name: string, lsb: number, width = 1, repeat?: Repeat): Field => ({
  ...{ name, lsb, width },
  ...(repeat && { repeat }),
})

const letters = { count: 2, stride: 4, names: ['A', 'B'] }
const huge = { count: 2 ** 32, stride: 4 }

const uart = block('UART0', 0x1000, [
  register('CR', 0x30, {
    fields: [
      field('TXEN', 8),
      field('CH%s', 0, 2, { count: 3, stride: 2, names: ['X', 'Y', 'Z'] }),
      field('RESERVED', 20),
      field('RESERVED', 24),
    ],
  }),
  register('DR', 0),
  register('FR', 0x18),
  register('BUF[%s]', 0x100, { repeat: { count: 4, stride: 4 } }),
  register('PMUX%s', 0x200, { repeat: letters }),
])
const spi = block(
  'SPI[%s]',
  0x4000,
  [
    register('FIFO[%s]', 0x40, { repeat: { count: 8, stride: 4 } }),
    cluster(
      'CH[%s]',
      0x100,
      [
        register('CTRL', 0),
        register('STAT', 4),
        cluster('SUB%s', 0x10, [register('X', 0)], letters),
      ],
      { count: 2, stride: 0x40 },
    ),
  ],
  { count: 3, stride: 0x1000 },
)
const odd = block('ODD', 0x9000, [
  register('TWICE', 0),
  register('TWICE', 8),
  register('HOST', 0x10),
  register('HOST', 0x10, { alternate: { group: 'DEV' } }),
  register('THR', 0x20),
  register('THR', 0x20, { alternate: { register: 'THR' } }),
  register('case', 0x30),
  register('CASE', 0x34),
  register('TIM%s', 0x40, { repeat: { count: 3, stride: 4, names: ['1', '2', '3'] } }),
  register('ARR[%s]', 0x80, { repeat: { count: 3, stride: 4, names: ['2', 'B', 'C'] } }),
])
const vast = block('VAST', 0, [
  register('M[%s]', 0, { repeat: huge }),
  register('N%s_X', 2 ** 40, { repeat: huge }),
])
const device: Device = {
  name: 'chip',
  endian: 'little',
  blocks: [
    ...[uart, block('UART1', 0x2000, [register('DR', 0), register('FR', 0x18)]), spi, odd, vast],
    ...[block('GPIOA', 0, [register('DIR', 4)]), block('GPIOB', 0, [register('DIR', 4)])],
  ],
}

const at = (path: string) =>
  find(device, path).map(
    (one) => `${one.path} ${((one.block.base ?? 0) + one.offset).toString(16)}`,
  )

function refused(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    if (error instanceof RequestError) return `${error.code} ${error.message}`
    throw error
  }
  return 'accepted'
}

describe('a path', () => {
  test.each([
    ['UART0.FR', ['UART0.FR 1018']],
    ['UART0.BUF[2]', ['UART0.BUF[2] 1108']],
    ['UART0.BUF2', ['UART0.BUF[2] 1108']],
    ['UART0.PMUXB', ['UART0.PMUXB 1204']],
    ['UART0.PMUX[B]', ['UART0.PMUXB 1204']],
    ['UART0.PMUX[1]', ['UART0.PMUXB 1204']],
    ['SPI[1].FIFO[3]', ['SPI[1].FIFO[3] 504c']],
    ['SPI1.FIFO3', ['SPI[1].FIFO[3] 504c']],
    ['SPI2.CH[1].SUBB.X', ['SPI[2].CH[1].SUBB.X 6154']],
    ['SPI0.CH1.CTRL', ['SPI[0].CH[1].CTRL 4140']],
  ])('%s is one register', (path, expected) => expect(at(path)).toEqual(expected))

  test('its case may differ where no other name is meant', () => {
    expect(at('uart0.fr')).toEqual(['UART0.FR 1018'])
    expect(at('spi1.fifo3')).toEqual(['SPI[1].FIFO[3] 504c'])
    expect(at('uart0.pmuxb')).toEqual(['UART0.PMUXB 1204'])
    expect(at('ODD.case')).toEqual(['ODD.case 9030'])
    expect(at('ODD.CASE')).toEqual(['ODD.CASE 9034'])
    expect(refused(() => at('ODD.Case'))).toBe(
      'EUSAGE 2 registers have the name ODD.Case: case at offset 0x30 and CASE at offset 0x34',
    )
  })

  test('means all registers in what it ends at, by their offsets', () => {
    expect(at('UART0')).toEqual([
      ...['UART0.DR 1000', 'UART0.FR 1018', 'UART0.CR 1030'],
      ...['UART0.BUF[0] 1100', 'UART0.BUF[1] 1104', 'UART0.BUF[2] 1108', 'UART0.BUF[3] 110c'],
      ...['UART0.PMUXA 1200', 'UART0.PMUXB 1204'],
    ])
    expect(at('SPI[1].CH[0]')).toEqual([
      ...['SPI[1].CH[0].CTRL 5100', 'SPI[1].CH[0].STAT 5104'],
      ...['SPI[1].CH[0].SUBA.X 5110', 'SPI[1].CH[0].SUBB.X 5114'],
    ])
    expect(at('UART0.PMUX')).toEqual(['UART0.PMUXA 1200', 'UART0.PMUXB 1204'])
    expect(at('SPI').length).toBe(48)
    expect(at('SPI.CH.SUB')).toHaveLength(12)
  })

  test.each([
    ['GPIO*.DIR', ['GPIOA.DIR 4', 'GPIOB.DIR 4']],
    ['gpio?.dir', ['GPIOA.DIR 4', 'GPIOB.DIR 4']],
    ['UART*.?R', ['UART0.DR 1000', 'UART0.FR 1018', 'UART0.CR 1030', 'UART1.DR', 'UART1.FR 2018']],
    ['UART0.BUF[?]', ['UART0.BUF[0]', 'UART0.BUF[1]', 'UART0.BUF[2]', 'UART0.BUF[3]']],
    ['UART0.BUF*', ['UART0.BUF[0]', 'UART0.BUF[1]', 'UART0.BUF[2]', 'UART0.BUF[3]']],
    ['SPI[*].CH1.C*', ['SPI[0].CH[1].CTRL', 'SPI[1].CH[1].CTRL', 'SPI[2].CH[1].CTRL']],
    ['*.FIFO[7]', ['SPI[0].FIFO[7]', 'SPI[1].FIFO[7]', 'SPI[2].FIFO[7]']],
    ['*0.FR', ['UART0.FR 1018']],
    ['VAST.M[123456]', ['VAST.M[123456] 78900']],
  ])('%s is a pattern', (path, expected) => {
    const found = at(path).sort()
    expect(found).toHaveLength(expected.length)
    for (const [index, one] of [...expected].sort().entries()) expect(found[index]).toContain(one)
  })

  test('a block and all that is in it are the same', () => {
    expect(at('SPI[1].*')).toHaveLength(16)
    expect(at('UART0.*')).toEqual(at('UART0'))
  })

  test.each([
    ['UART0.FX', 'ENOPLACE there is no register "FX" in UART0, did you mean UART0.FR?'],
    ['UARTO.FR', 'ENOPLACE there is no block "UARTO" in chip, did you mean UART0?'],
    [
      'XYZZY',
      'ENOPLACE there is no block "XYZZY" in chip: it has UART0, UART1, SPI[0..2], ODD, VAST, GPIOA, GPIOB',
    ],
    ['SPJ[1].FIFO', 'ENOPLACE there is no block "SPJ[1]" in chip, did you mean SPI[1]?'],
    ['SPI1.CI1.CTRL', 'ENOPLACE there is no cluster "CI1" in SPI[1], did you mean SPI[1].CH1?'],
    ['SPI[3]', 'ERANGE there is no SPI[3]: there are SPI[0] to SPI[2]'],
    ['SPI1.CH9.CTRL', 'ERANGE there is no SPI[1].CH9: there are SPI[1].CH[0] to SPI[1].CH[1]'],
    [
      'VAST.M[4294967296]',
      'ERANGE there is no VAST.M[4294967296]: there are VAST.M[0] to VAST.M[4294967295]',
    ],
    [
      'ODD.TWICE',
      'EUSAGE 2 registers have the name ODD.TWICE: TWICE at offset 0x0 and TWICE at offset 0x8',
    ],
    [
      'ODD.TIM[1]',
      'EUSAGE "ODD.TIM[1]" may mean element 0, of this name, and element 1: write ODD.TIM1 or ODD.TIM2',
    ],
    [
      'ODD.ARR2',
      'EUSAGE "ODD.ARR2" may mean element 0, of this name, and element 2: write ODD.ARR[0] or ODD.ARR[2]',
    ],
    [
      'UART0.FR.X',
      'ENOPLACE UART0.FR is a register, which contains no register "X": name a field as UART0.FR:FIELD',
    ],
    ['UART0.Z*', 'ENOPLACE no register matches "UART0.Z*"'],
    ['Q*.Z', 'ENOPLACE no register matches "Q*.Z"'],
    ['VAST', 'ERANGE "VAST" names more than 65,536 registers: name fewer'],
    ['VAST.M[*]', 'ERANGE "VAST.M[*]" names more than 65,536 registers: name fewer'],
    ['VAST.N*9_X', 'ERANGE "VAST.N*9_X" names more than 65,536 registers: name fewer'],
    [
      'UART0.',
      'ESYNTAX "UART0." is not the name of a register: a name is missing between two dots, or at an end',
    ],
    ['', 'ESYNTAX "" is not the name of a register: it is empty'],
  ])('%s is refused', (path, message) => expect(refused(() => at(path))).toBe(message))

  test('of two descriptions of one location the alternate has the longer name', () => {
    expect(find(device, 'ODD.HOST')[0]?.register.alternate).toBeUndefined()
    expect(find(device, 'ODD.HOST_DEV')[0]).toMatchObject({
      path: 'ODD.HOST_DEV',
      name: 'HOST_DEV',
    })
    expect(find(device, 'ODD.THR')[0]?.register.alternate).toBeUndefined()
  })

  test('an array may have elements of names of its own', () => {
    expect(at('ODD.ARR[B]')).toEqual(['ODD.ARR[1] 9084'])
    expect(at('ODD.ARR[2]')).toEqual(['ODD.ARR[2] 9088'])
    expect(at('ODD.TIM2')).toEqual(['ODD.TIM2 9044'])
  })
})

describe('one register', () => {
  test('of a block, wherever that stands', () => {
    const found = findRegister(spi, 'CH1.STAT', { path: 'SPI[2]', offset: 0x2000 })
    expect(found).toMatchObject({ path: 'SPI[2].CH[1].STAT', name: 'CH[1].STAT', offset: 0x2144 })
    expect(findRegister(uart, 'fr')).toMatchObject({ path: 'UART0.FR', offset: 0x18 })
  })

  test('is not an array, nor a group', () => {
    expect(refused(() => findRegister(spi, 'FIFO', { path: 'SPI[1]', offset: 0 }))).toBe(
      'EUSAGE SPI[1].FIFO is 8 elements: name one of them, FIFO[0] to FIFO[7]',
    )
    expect(refused(() => findRegister(spi, 'CH0', { path: 'SPI[1]', offset: 0 }))).toBe(
      'EUSAGE SPI[1].CH[0] is a group of registers: name one of them, such as SPI[1].CH[0].CTRL',
    )
    expect(refused(() => findBlock(device, 'SPI'))).toBe(
      'EUSAGE SPI is 3 elements: name one of them, SPI[0] to SPI[2]',
    )
  })

  test('a block', () => {
    expect(findBlock(device, 'SPI2')).toEqual({ block: spi, path: 'SPI[2]', offset: 0x2000 })
    expect(findBlock(device, 'uart0')).toEqual({ block: uart, path: 'UART0', offset: 0 })
  })
})

test('fields are found as registers are', () => {
  const { register: cr } = findRegister(uart, 'CR')
  expect(fieldsOf(cr).map(({ name, lsb }) => `${name} ${lsb}`)).toEqual([
    ...['CHX 0', 'CHY 2', 'CHZ 4', 'TXEN 8', 'RESERVED 20', 'RESERVED 24'],
  ])
  expect(findField(cr, 'chy')).toMatchObject({ name: 'CHY', lsb: 2, width: 2 })
  expect(refused(() => findField(cr, 'TXEM'))).toBe(
    'ENOPLACE there is no field "TXEM" in CR, did you mean TXEN?',
  )
  expect(refused(() => findField(cr, 'RESERVED'))).toBe(
    'EUSAGE 2 fields have the name RESERVED: RESERVED at bit 20 and RESERVED at bit 24',
  )
})

describe('in the order of offsets', () => {
  test('arrays interleave', () => {
    const two = { count: 2, stride: 8 }
    const children = [
      register('B[%s]', 4, { repeat: two }),
      register('A[%s]', 0, { repeat: two }),
      register('LAST', 0x20),
    ]
    expect([...registersOf(block('X', 0, children))].map((one) => one.name)).toEqual([
      ...['A[0]', 'B[0]', 'A[1]', 'B[1]', 'LAST'],
    ])
  })

  test('no more is made than is asked for', () => {
    const names: string[] = []
    for (const one of registersOf(vast)) if (names.push(one.name) === 3) break
    expect(names).toEqual(['M[0]', 'M[1]', 'M[2]'])
  })

  test('whatever the arrays', () => {
    const repeats = fc.option(
      fc.record({ count: fc.integer({ min: 1, max: 5 }), stride: fc.integer({ min: 0, max: 64 }) }),
      { nil: undefined },
    )
    const offsets = fc.integer({ min: 0, max: 256 })
    const registers = fc
      .tuple(offsets, repeats)
      .map(([offset, repeat]) => register('R[%s]', offset, repeat ? { repeat } : {}))
    const clusters = fc
      .tuple(offsets, fc.array(registers, { maxLength: 4 }), repeats)
      .map(([offset, children, repeat]) => cluster('C%s', offset, children, repeat))
    fc.assert(
      fc.property(fc.array(fc.oneof(registers, clusters), { maxLength: 5 }), (children) => {
        const found = [...registersOf(block('X', 0, children))].map((one) => one.offset)
        expect(found).toEqual([...found].sort((one, other) => one - other))
        const count = ({ repeat }: { repeat?: Repeat }) => repeat?.count ?? 1
        const all = children.map((node) => {
          if (node.kind === 'register') return count(node)
          const inner = (node.children as Register[]).map(count)
          return count(node) * inner.reduce((sum, one) => sum + one, 0)
        })
        expect(found).toHaveLength(all.reduce((sum, one) => sum + one, 0))
      }),
    )
  })
})

test('whatever is asked for is found or refused, and a canonical name finds its register', () => {
  const pieces = fc.constantFrom(
    ...'UART0 SPI [1] . CH FIFO * ? [ ] 3 %s SUB A TIM ODD M'.split(' '),
  )
  const blocks = fc.constantFrom('UART0', 'uart?', 'U*', 'SPI', 'SPI1', 'SPI[2]', 'GPIO*', 'G*B')
  const names = fc.constantFrom('', '.*', '.FR', '.f?', '.CH', '.CH1', '.CH*.*', '.FIFO', '.D*')
  const texts = fc.oneof(
    fc.array(pieces, { maxLength: 8 }).map((parts) => parts.join('')),
    fc.tuple(blocks, names).map((parts) => parts.join('')),
  )
  let accepted = 0
  fc.assert(
    fc.property(texts, (text) => {
      let found: FoundRegister[] = []
      if (refused(() => (found = find(device, text))) !== 'accepted') return
      accepted++
      expect(found.length).toBeGreaterThan(0)
      // What ODD has for its oddities shares names.
      const own = found.filter(({ path }) => !path.startsWith('ODD.'))
      for (const one of own.slice(0, 20)) expect(find(device, one.path)).toEqual([one])
    }),
    { numRuns: 300 },
  )
  expect(accepted).toBeGreaterThan(50)
})
