import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  parseRegmapAccess,
  parseRegmapLine,
  parseRegmapRanges,
  type RegmapRegister,
  readRegmap,
  shownNumbers,
} from './regmap.ts'
import { FakeRoot } from './testing/fake-root.ts'

/** As the kernel writes them (drivers/base/regmap/regmap-debugfs.c). */
const hex = (number: number, digits: number) => number.toString(16).padStart(digits, '0')
const flag = (is: boolean) => (is ? 'y' : 'n')
const accessText = (registers: readonly RegmapRegister[], digits: number) =>
  registers
    .map(
      ({ number, readable, writable, volatile, precious }) =>
        `${hex(number, digits)}: ${[readable, writable, volatile, precious].map(flag).join(' ')}\n`,
    )
    .join('')

/** A map: the registers of some slots of its stride, each with what its driver may say of it. */
const maps = fc
  .tuple(
    fc.constantFrom(1, 2, 4),
    fc.array(
      fc.option(
        fc.record({
          readable: fc.boolean(),
          writable: fc.boolean(),
          volatile: fc.boolean(),
          precious: fc.boolean(),
        }),
      ),
      { minLength: 1, maxLength: 30 },
    ),
  )
  .map(([stride, slots]) => {
    const registers = slots.flatMap((slot, index) =>
      slot && (slot.readable || slot.writable) ? [{ number: index * stride, ...slot }] : [],
    )
    return { stride, registers, digits: hex((slots.length - 1) * stride, 1).length }
  })
  .filter(({ registers }) => registers.length > 0)

/** As regmap_debugfs_get_dump_start() joins what regmap_printable() lets through. */
function rangesOf(registers: readonly RegmapRegister[], stride: number) {
  const shown: { first: number; last: number }[] = []
  for (const { number, readable, precious } of registers) {
    if (!readable || precious) continue
    const before = shown.at(-1)
    if (before?.last === number - stride) before.last = number
    else shown.push({ first: number, last: number })
  }
  return shown
}

describe('the access of a regmap', () => {
  it('is what its driver says of each register', () => {
    expect(parseRegmapAccess('00: y n y n\n01: y y n n\n1f: n y n y\n')).toEqual({
      digits: 2,
      registers: [
        { number: 0, readable: true, writable: false, volatile: true, precious: false },
        { number: 1, readable: true, writable: true, volatile: false, precious: false },
        { number: 0x1f, readable: false, writable: true, volatile: false, precious: true },
      ],
    })
  })

  it.each(['', '0: y n y\n', '0: y n y n\n0: y n y n\n', 'zz: y n y n\n', '0 y n y n\n'])(
    'is not %j',
    (text) => {
      expect(parseRegmapAccess(text)).toBeUndefined()
    },
  )

  it('is read as the kernel writes it', () => {
    fc.assert(
      fc.property(maps, ({ registers, digits }) => {
        expect(parseRegmapAccess(accessText(registers, digits))).toEqual({ registers, digits })
      }),
    )
  })
})

describe('the ranges of a regmap', () => {
  it('are those that the kernel shows', () => {
    expect(parseRegmapRanges('0-1\n3-1f\n')).toEqual([
      { first: 0, last: 1 },
      { first: 3, last: 0x1f },
    ])
    expect(parseRegmapRanges('')).toEqual([])
  })

  it.each(['1-0\n', '0-1\n1-2\n', '0-\n', '0x0-0x1\n'])('are not %j', (text) => {
    expect(parseRegmapRanges(text)).toBeUndefined()
  })
})

describe('a line of registers', () => {
  it('has a number, and a value where the driver could read it', () => {
    expect(parseRegmapLine('00: 1900\n')).toEqual({ number: 0, value: 0x1900 })
    expect(parseRegmapLine('1f: XX\n')).toEqual({ number: 0x1f, value: undefined })
    expect(parseRegmapLine('1f: ffffffff\n')).toEqual({ number: 0x1f, value: 0xffff_ffff })
  })

  it.each(['', '00: 19', '00: 1900\n01: 1900\n', '00:\n', '00: 1X\n'])('is not %j', (text) => {
    expect(parseRegmapLine(text)).toBeUndefined()
  })
})

describe('any text', () => {
  it('is something or nothing, and never thrown at', () => {
    const texts = fc.oneof(
      fc.string(),
      fc
        .array(fc.constantFrom('0', 'f', ': ', '-', 'y', 'n', ' ', 'X', '\n'))
        .map((all) => all.join('')),
    )
    fc.assert(
      fc.property(texts, (text) => {
        for (const parse of [parseRegmapAccess, parseRegmapRanges, parseRegmapLine]) parse(text)
      }),
    )
  })
})

describe('the registers that the kernel shows', () => {
  it('are those that can be read and are not precious', () => {
    fc.assert(
      fc.property(maps, ({ registers, stride }) => {
        const lines = registers.filter(({ readable, precious }) => readable && !precious)
        const shown = rangesOf(registers, stride)
        expect(shownNumbers({ registers, shown })).toEqual(lines.map(({ number }) => number))
      }),
    )
  })

  it('are also those that are only written, where the kernel keeps what they have', () => {
    const { registers = [] } = parseRegmapAccess('0: y n y n\n1: n y n n\n2: y n y n\n') ?? {}
    expect(shownNumbers({ registers, shown: [{ first: 0, last: 2 }] })).toEqual([0, 1, 2])
  })
})

describe('readRegmap', () => {
  const folder = 'sys/kernel/debug/regmap/1-0048'

  it('reads what its files say, and no register', () => {
    using root = new FakeRoot()
      .put(`${folder}/name`, 'lm75\n')
      .put(`${folder}/access`, '0: y n y n\n')
      .put(`${folder}/range`, '0-0\n')
    expect(readRegmap('1-0048', root.files)).toEqual({
      driver: 'lm75',
      digits: 1,
      registers: [{ number: 0, readable: true, writable: false, volatile: true, precious: false }],
      shown: [{ first: 0, last: 0 }],
    })
    root.put(`${folder}/name`, 'nodev\n')
    expect(readRegmap('1-0048', root.files)?.driver).toBeUndefined()
    expect(readRegmap('2-0048', root.files)).toBeUndefined()
  })
})
