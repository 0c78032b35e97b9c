import { describe, expect, it } from 'vitest'
import type { Field } from '../model.ts'
import { generate } from './generate.ts'
import { block, chip, field, register } from './testing/chip.ts'
import { Cells, importText } from './testing/module.ts'

const { text, blocks, kinds } = generate(chip, chip.blocks, 'toy.yaml')
const made = await importText('toy', text)

/** The same register, over a window and over a memory. */
const ways = ['window', 'memory'] as const

function at(way: (typeof ways)[number], name: string) {
  const cells = new Cells()
  const one = made[name]
  return { cells, block: way === 'window' ? one.on(cells.window()) : one.in(cells.memory(), 0) }
}

it('exports the blocks', () => {
  expect(blocks).toEqual(['UART0', 'UART1', 'GRF', 'SPI', 'class_'])
  expect(kinds).toBe(18)
  expect(Object.keys(made)).toEqual(expect.arrayContaining(blocks))
})

it('imports only what it uses', () => {
  const only = { ...chip, blocks: [block('A', 0, [register('R', 0, [], { access: 'read-only' })])] }
  expect(/^import \{\n(.*?)\n\}/ms.exec(generate(only, only.blocks, 'x').text)?.[1]).toBe(
    ['Accessors', 'Layout', 'Memory', 'Readable', 'Reading']
      .map((name) => `  type ${name},`)
      .concat('  inMemory,', '  startOf,')
      .join('\n'),
  )
  const none = generate({ ...chip, blocks: [] }, [], 'x').text
  expect(none.split('\n').at(-2)).toBe('export {}')
})

it('has no empty sentence, nor a colon with nothing after it', () => {
  const fields = [
    field('F', 0, 1, {
      description: ' ',
      enumerations: [
        { usage: 'read-write', values: [{ name: 'on', value: 1n, description: ' ' }] },
      ],
    }),
  ]
  const own = register('R', 0, fields, { displayName: 'DATA 1', description: '' })
  const empty = {
    ...{ ...chip, description: '' },
    blocks: [{ ...block('A', 0, [own]), description: ' ' }],
  }
  const comments = generate(empty, empty.blocks, 'x').text.match(/^ *(?:\/\*)?\* .*$/gm) ?? []
  expect(comments).toContain('   * DATA 1.')
  expect(comments.filter((line) => /\* *\.$|: ?\.?$/.test(line))).toEqual([])
})

it('says of each register where it is, and what it does', () => {
  expect(text).toContain(`  /**
   * Data *\\/ of the FIFO.
   * Offset 0x0, in UART0 at 0x09000000, 32 bits, read-write, a read changes it.
   * No \`modify\`: a read of it has an effect.
   */
  readonly DR: UART0_DR
`)
  expect(text).toContain(`  /**
   * Enables the UART.
   * Bit 0, read-write.
   */
  UARTEN: boolean
  /**
   * Bit 3, read-write.
   * \`One\`: one stop bit.
   */
  STOP: 'One' | 'Two'
  /** Bits 5:4, read-write. */
  MODE: 'Off' | '16-bit' | 'Fast'`)
})

describe.each(ways)('in a %s', (way) => {
  it('reads all of a register once, and cuts its fields from that', async () => {
    const { cells, block: uart } = at(way, 'UART0')
    cells.values.set(0x30, 0xbf38 + 1)
    expect(await uart.CR.read()).toEqual({
      value: 0xbf39,
      fields: { UARTEN: true, STOP: 'Two', MODE: 'Fast', LEVEL: 0x3f, BUSY: true },
    })
    expect(cells.done()).toEqual(['read32 0x30'])
  })

  it('changes fields by one load and one store, and keeps the others', async () => {
    const { cells, block: uart } = at(way, 'UART0')
    cells.values.set(0x30, 0xffff_ffc0)
    await uart.CR.modify({ UARTEN: true, STOP: 'Two', LEVEL: 5 })
    expect(cells.done()).toEqual(['read32 0x30', 'write32 0x30 0xffffc5c9'])
    await uart.CR.modify({ MODE: '16-bit', STOP: 0 })
    expect(cells.done()).toEqual(['read32 0x30', 'write32 0x30 0xffffc5d1'])
  })

  it('stores what changes nothing in fields whose loaded bits would', async () => {
    const { cells, block: uart } = at(way, 'UART0')
    cells.values.set(0x44, 0xff01)
    await uart.STATUS.modify({ ENABLE: true })
    expect(cells.done()).toEqual(['read32 0x44', 'write32 0x44 0x5a06'])
    await uart.STATUS.modify({ ERROR: true, KEY: 1 })
    expect(cells.done()).toEqual(['read32 0x44', 'write32 0x44 0x107'])
    await uart.STATUS.modify({ LATCH: 0 })
    expect(cells.done()).toEqual(['read32 0x44', 'write32 0x44 0x5a04'])
  })

  it('writes whole values and all fields by one store alone', async () => {
    const { cells, block: uart } = at(way, 'UART0')
    await uart.CR.write(0x8000_0000)
    await uart.CR.write({ UARTEN: 1, STOP: 'One', MODE: 3, LEVEL: 0x21 })
    await uart.TX.write({ BYTE: 0x41 })
    await uart.STATUS.write({ ENABLE: true, KEY: 0xa5 })
    expect(cells.done()).toEqual([
      ...['write32 0x30 0x80000000', 'write32 0x30 0x2131', 'write32 0x40 0x41'],
      'write32 0x44 0xa506',
    ])
  })

  it('takes nothing but an object for its fields', async () => {
    const { cells, block: uart } = at(way, 'UART0')
    await uart.CR.write(5n)
    expect(cells.done()).toEqual(['write32 0x30 0x5'])
    for (const wrong of [undefined, null]) {
      await expect((async () => uart.CR.write(wrong))()).rejects.toThrow()
    }
    expect(cells.done()).toEqual([])
  })

  it('refuses what does not fit a register of the other byte order', async () => {
    const { cells, block: grf } = at(way, 'GRF')
    for (const [wrong, why] of [
      [2 ** 32, '0x100000000 does not fit in 32 bits'],
      [1.5, '1.5 is not a whole number'],
    ]) {
      await expect((async () => grf.BIG.write(wrong))()).rejects.toMatchObject({
        ...{ code: 'EVALUE', message: `the value ${why}` },
      })
    }
    expect(cells.done()).toEqual([])
    await grf.BIG.write(-2)
    expect(cells.done()).toEqual(['write32 0x18 0xfeffffff'])
  })

  it('changes any of many fields', async () => {
    const { cells, block: grf } = at(way, 'GRF')
    cells.values.set(0x28, 0xff)
    await grf.MANY.modify({ F7: false, F1: 0, F0: true, F2: undefined })
    // What was read has what is not written, too.
    await grf.MANY.write((await grf.MANY.read()).fields)
    expect(cells.done()).toEqual([
      ...['read32 0x28', 'write32 0x28 0x7d', 'read32 0x28', 'write32 0x28 0x7d'],
    ])
    for (const [field, meant] of [
      ['F8', ', did you mean F0?'],
      ['LEVEL', ': it has F0, F1, F2, F3, F4, F5, F6, F7'],
    ] as const) {
      await expect((async () => grf.MANY.modify({ [field]: true }))()).rejects.toMatchObject({
        code: 'EUSAGE',
        message: `GRF.MANY has no field "${field}" to write${meant}`,
      })
    }
    expect(cells.done()).toEqual([])
  })

  it('selects bits of a register with a mask in its upper half, and loads nothing', async () => {
    const { cells, block: grf } = at(way, 'GRF')
    await grf.CON.modify({ B: 0xa })
    await grf.CON.modify({ A: true, B: 0 })
    await grf.CON.write({ A: false, B: 1 })
    expect(cells.done()).toEqual([
      ...['write32 0x0 0xf000a0', 'write32 0x0 0xf10001', 'write32 0x0 0xf10010'],
    ])
  })

  it('has 64 bits as bigints, and other widths', async () => {
    const { cells, block: grf } = at(way, 'GRF')
    cells.values.set(0x8, 0x8000_0001_ffff_fffen)
    expect(await grf.MTIME.read()).toEqual({
      value: 0x8000_0001_ffff_fffen,
      fields: { LOW: 0xffff_fffe, HIGH: 0x8000_0001, TOP: true },
    })
    await grf.CMP.modify({ ON: true })
    await grf.CMP.modify({ VALUE: 0xffff_ffff_ffffn })
    await grf.BYTE.modify({ ALL: 0x80 })
    expect(cells.done()).toEqual([
      'read64 0x8',
      ...['read64 0x10', 'write64 0x10 0x8000000000000000'],
      ...['read64 0x10', 'write64 0x10 0x8000ffffffffffff'],
      ...['read8 0x20', 'write8 0x20 0x80'],
    ])
  })

  it('turns the bytes of a register in another order', async () => {
    const { cells, block: grf } = at(way, 'GRF')
    cells.values.set(0x18, 0x1122_3380)
    expect(await grf.BIG.read()).toEqual({ value: 0x8033_2211, fields: { LOW: 0x11, HIGH: 0x80 } })
    await grf.BIG.modify({ HIGH: 0xff })
    await grf.BIG.write(0x8000_0001)
    expect(cells.done().slice(1)).toEqual([
      ...['read32 0x18', 'write32 0x18 0x112233ff', 'write32 0x18 0x1000080'],
    ])
  })

  it('has elements by index, made when they are asked for', async () => {
    const cells = new Cells()
    const spi =
      way === 'window'
        ? made.SPI[1].on(cells.window(), 0x100)
        : made.SPI[1].in(cells.memory(), 0x100)
    await spi.FIFO[3].write(7)
    await spi.BUF[8999].modify({ D: 1 })
    await spi.PINB.write(1)
    await spi.CH[1].CTRL.modify({ F1: true })
    expect(cells.done()).toEqual([
      ...['write32 0x12c 0x7', 'read32 0x9d9c', 'write32 0x9d9c 0x1', 'write32 0x144 0x1'],
      ...['read32 0x194', 'write32 0x194 0x2'],
    ])
    expect(() => spi.FIFO[4]).toThrow('SPI.FIFO has no element 4: there are 4, 0 to 3')
  })

  it.each([
    [
      'LEVEL',
      64,
      'EVALUE',
      '64 is not a value of UART0.CR.LEVEL: expected a whole number from 0 to 63',
    ],
    [
      'LEVEL',
      -1,
      'EVALUE',
      '-1 is not a value of UART0.CR.LEVEL: expected a whole number from 0 to 63',
    ],
    ['UARTEN', 2, 'EVALUE', '2 is not a value of UART0.CR.UARTEN: expected true, false, 0 or 1'],
    ['STOP', 'Tow', 'EUSAGE', '"Tow" is not a value of UART0.CR.STOP, did you mean Two?'],
    [
      'STOP',
      2,
      'EVALUE',
      '2 is not a value of UART0.CR.STOP: expected One, Two, or true, false, 0 or 1',
    ],
    [
      'MODE',
      'zzzzzz',
      'EUSAGE',
      '"zzzzzz" is not a value of UART0.CR.MODE: expected Off, 16-bit, Fast, or a whole number from 0 to 3',
    ],
  ])('refuses a bad value of %s before any access: %s', async (name, value, code, message) => {
    const { cells, block: uart } = at(way, 'UART0')
    const change = async () => uart.CR.modify({ [name]: value })
    await expect(change()).rejects.toMatchObject({ code, message })
    expect(cells.done()).toEqual([])
  })

  it('refuses two fields that have bits in common', async () => {
    const { cells, block: grf } = at(way, 'GRF')
    const change = async () => grf.BOTH.modify({ WHOLE: 1, NIBBLE: 2 })
    await expect(change()).rejects.toMatchObject({
      code: 'EUSAGE',
      message: 'WHOLE and NIBBLE have bits in common: expected one of them alone',
    })
    expect(cells.done()).toEqual([])
  })
})

it('loads nothing where nothing may be stored', () => {
  const cells = new Cells()
  const window = { ...cells.window(), writable: false, update32: () => expect.fail('read-only') }
  expect(() => made.UART0.on(window).CR.modify({ UARTEN: true })).toThrow('read-only')
  expect(cells.done()).toEqual([])
})

it('a block begins where its description says in a memory, unless a program says otherwise', async () => {
  const cells = new Cells()
  await made.UART1.in(cells.memory()).FR.read()
  await made.SPI[1].in(cells.memory()).FIFO[0].read()
  expect(cells.done()).toEqual(['read32 0x9001018', 'read32 0xb010020'])
  expect(() => made.UART1.on({})).toThrow('window: expected a window, not an object')
  expect(() => made.UART1.on(cells.memory())).toThrow(
    'window: expected a window, not a memory, which in() takes',
  )
  expect(() => made.UART1.on(cells.window(), -4)).toThrow(
    'offset: expected a whole number from 0, not -4',
  )
})

it('a register in a memory refuses what its type has not', async () => {
  const cells = new Cells()
  const uart = made.UART0.in(cells.memory())
  await expect(uart.TX.read()).rejects.toThrow(
    'UART0.TX is not read: its description does not allow it',
  )
  await expect(uart.FR.write(1)).rejects.toThrow(
    'UART0.FR is not written: its description does not allow it',
  )
  await expect(uart.DR.modify({ DATA: 1 })).rejects.toThrow(
    'UART0.DR is not changed by parts: its description does not allow it',
  )
  expect(cells.done()).toEqual([])
})

describe('no modify', () => {
  const reason = (fields: Field[], more = {}) => {
    const one = block('B', 0, [register('R', 0, fields, more)])
    return /No `modify`: (.*)\./.exec(generate(chip, [one], 'x').text)?.[1]
  }
  const plain = field('A', 0)
  it.each([
    ['a read of it has an effect', [plain], { readEffect: 'clear' }],
    ['a read of B has an effect', [plain, field('B', 1, 1, { readEffect: 'set' })], {}],
    ['it is write-only', [plain], { access: 'write-only' }],
    ['it is written once after a reset', [plain], { access: 'read-write-once' }],
    ['B is written once after a reset', [plain, field('B', 1, 1, { access: 'write-once' })], {}],
    ['whatever is written changes all of it', [plain], { writeEffect: 'clear' }],
    ['whatever is written changes B', [plain, field('B', 1, 1, { writeEffect: 'modify' })], {}],
    [
      'B is not read, and its value after a reset is not known',
      [plain, field('B', 1, 1, { access: 'write-only' })],
      { reset: 0n, resetMask: 1n },
    ],
  ] as const)('where %s', (why, fields, more) => {
    expect(reason([...fields], more)).toBe(why)
  })

  it('is wrong of a read that is known to have none', () => {
    expect(reason([plain], { readEffect: 'none' })).toBeUndefined()
  })
})
