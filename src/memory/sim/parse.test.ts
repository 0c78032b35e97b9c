import { describe, expect, it } from 'vitest'
import { parseBoardText } from './parse.ts'

const parse = (text: string) => parseBoardText(text, 'board.yaml')

/** The mistake in a block with the given lines after `registers:`, without the file's name. */
function mistakeIn(registers: string): string {
  return mistake(
    `name: b\nregions:\n  dev:\n    kind: device\n    base: 0x1000\n    size: 0x10\n    registers:\n${registers}`,
  )
}

function mistake(text: string): string {
  try {
    parse(text)
  } catch (error) {
    expect(error).toMatchObject({ name: 'RequestError', code: 'ESYNTAX' })
    return (error as Error).message.replace(/^board\.yaml:/, '')
  }
  throw new Error('it was accepted')
}

describe('parseBoardText', () => {
  it('fills in what is not said', () => {
    expect(
      parse(
        'name: b\nregions:\n  r: { kind: ram, base: 0x4000_0000, size: 4k }\n' +
          '  d: { kind: device, base: 0, size: 8, registers: { A: { offset: 4, kind: fifo } } }',
      ),
    ).toEqual({
      name: 'b',
      endian: 'little',
      regions: {
        r: { kind: 'ram', base: 0x4000_0000, size: 4096, fill: 0 },
        d: {
          kind: 'device',
          base: 0,
          size: 8,
          holes: 'zero',
          widths: [32],
          registers: { A: { kind: 'fifo', offset: 4, width: 32, depth: 16, empty: 0n } },
        },
      },
    })
  })

  it('follows anchors', () => {
    const board = parse(
      'name: b\nregions:\n  a: { kind: device, base: 0, size: 8, registers: &r { A: { offset: 0, kind: fault } } }\n' +
        '  b: { kind: device, base: 8, size: 8, registers: *r }',
    )
    expect(board.regions.b).toMatchObject({ registers: { A: { kind: 'fault' } } })
  })

  it.each([
    ['\u007fELF\u0002\u0001\0\0', ''],
    ['PK\u0003\u0004', ', it begins with "PK"'],
    ['abc\ufffd\ufffd', ', it begins with "abc"'],
    [`MZ${'x'.repeat(99)}\0`, ', it begins with "MZxxxxxxxxxxxxxx"'],
  ])('refuses what is not text: %j', (text, begins) => {
    expect(() => parse(text)).toThrow(
      expect.objectContaining({
        code: 'ESYNTAX',
        message: `board.yaml is not YAML text: it contains bytes that no text has${begins}`,
        data: { file: 'board.yaml' },
      }),
    )
  })

  it('takes every language, and a byte order mark', () => {
    expect(parse('\ufeffname: "Плата 板 \u{1f600}"\nregions: {}').name).toBe('Плата 板 \u{1f600}')
  })

  it('refuses aliases that stand for more than anybody wrote', () => {
    const levels = Array.from({ length: 12 }, (_, level) => {
      const before = level === 0 ? 'x' : `*l${level - 1}`
      return `l${level}: &l${level} [${Array(10).fill(before).join(', ')}]`
    })
    expect(() => parse(levels.join('\n'))).toThrow(
      'board.yaml:6:10: the aliases up to here stand for more than 200000 parts',
    )
  })

  it('says what is wrong with what is described', () => {
    expect(mistakeIn('      A: { offset: 0, kind: fifo, fields: { X: 40 } }')).toBe(
      '8:48: dev.A.X: bits: bit 40 does not exist: the register has bits 0 to 31',
    )
    expect(mistakeIn('      A: { offset: 0, kind: fifo, on-read: claer }')).toBe(
      '8:44: dev.A: on-read: expected one of none, clear, set, modify, external, fault, got "claer": did you mean "clear"?',
    )
    expect(mistakeIn('      A: { offset: 0, kind: fifo, fields: { X: 4, Y: 4 } }')).toBe(
      '8:51: dev.A.Y: 4 overlaps X, which is 4',
    )
  })

  it('tells the file, the line and the column', () => {
    expect(() => parse('name: b\nregions:\n  r: { kind: ran }')).toThrow(
      expect.objectContaining({
        message: 'board.yaml:3:14: regions.r.kind: unknown kind "ran": did you mean "ram"?',
        data: { file: 'board.yaml', line: 3, column: 14 },
      }),
    )
  })

  it.each([
    ['', '1:1: expected a board description with a name and regions, got nothing'],
    ['- a', '1:1: expected a board description with a name and regions, got a list'],
    ['name: b', '1:1: "regions" is missing'],
    ['name: b\nregions: 5', '2:10: regions: expected a mapping from names, got "5"'],
    ['name: [b]\nregions: {}', '1:7: name: expected a text, got a list'],
    ['name: b\nregoins: {}', '2:1: unknown key "regoins": did you mean "regions"?'],
    ['name: b\nname: c', '2:1: "name" is given twice, first in line 1'],
    [
      'name: b\nregions: {}\nendian: middle',
      '3:9: endian: expected "little" or "big", got "middle"',
    ],
    [
      'name: b\nregions:\n  1r: {}',
      '3:3: regions: "1r" is not a name: expected a letter, then letters, digits or _',
    ],
    ['name: b\nregions:\n  constructor: {}', '3:3: regions: "constructor" cannot be a name'],
    [
      'name: b\nregions:\n  r: ram',
      '3:6: regions.r: expected a mapping with a kind, a base and a size, got "ram"',
    ],
    [
      'name: b\nregions:\n  r: { base: 0 }',
      '3:6: regions.r.kind: "kind" is missing: expected one of ram, rom, device',
    ],
    ['name: b\nregions:\n  r: { kind: ram, base: 0 }', '3:6: regions.r: "size" is missing'],
    [
      'name: b\nregions:\n  r: { kind: ram, bsae: 0, size: 8 }',
      '3:19: regions.r: unknown key "bsae": did you mean "base"?',
    ],
    [
      'name: b\nregions:\n  r: { kind: ram, base: 0, size: 8, fil: 1 }',
      '3:37: regions.r: unknown key "fil": did you mean "fill"?',
    ],
    [
      'name: b\nregions:\n  r: { kind: ram, base: 0x10zz, size: 8 }',
      '3:25: regions.r.base: "0x10zz" is not a number: unexpected "zz" after 0x10',
    ],
    [
      'name: b\nregions:\n  r: { kind: ram, base: 0, size: 0 }',
      '3:34: regions.r.size: expected at least 1, got "0"',
    ],
    [
      'name: b\nregions:\n  r: { kind: ram, base: 4, size: 8 }',
      '3:25: regions.r.base: 0x4 is not a multiple of 8',
    ],
    [
      'name: b\nregions:\n  r: { kind: ram, base: 8, size: 12 }',
      '3:34: regions.r.size: 0xc is not a multiple of 8',
    ],
    [
      'name: b\nregions:\n  r: { kind: ram, base: 0xffff_ffff_ff000, size: 8k }',
      '3:50: regions.r.size: the region ends at 0x10000000001000: the last address is 0xfffffffffffff',
    ],
    [
      'name: b\nregions:\n  r: { kind: rom, base: 0, size: 8, text: "nine char" }',
      '3:43: regions.r.text: 9 bytes do not fit in 0x8',
    ],
    [
      'name: b\nregions:\n  a: { kind: ram, base: 0, size: 4k }\n  b: { kind: rom, base: 0xff8, size: 16 }',
      '4:25: regions.b.base: 0xff8 to 0x1007 overlaps a, which is 0x0 to 0xfff',
    ],
    ['name: "b', '1:9: a quote is not closed'],
  ])('refuses %j', (text, expected) => {
    expect(mistake(text)).toBe(expected)
  })

  it.each([
    [
      '      A: 5',
      '8:10: regions.dev.registers.A: expected a mapping with a kind and an offset, got "5"',
    ],
    ['      A: { kind: constant, value: 1 }', '8:10: regions.dev.registers.A: "offset" is missing'],
    [
      '      A: { kind: constnt, offset: 0 }',
      '8:18: regions.dev.registers.A.kind: unknown kind "constnt": did you mean "constant"?',
    ],
    [
      '      A: { kind: constant, offest: 0, value: 1, offset: 0 }',
      '8:28: regions.dev.registers.A: unknown key "offest": did you mean "offset"?',
    ],
    [
      '      A: { kind: read-only, offset: 0x10 }',
      '8:37: regions.dev.registers.A.offset: 0x10 is outside the block, which has 0x10 bytes',
    ],
    [
      '      A: { kind: read-only, width: 64, offset: 4 }',
      '8:48: regions.dev.registers.A.offset: 0x4 is not a multiple of 8, the bytes of the register',
    ],
    [
      '      A: { kind: read-only, offset: 4 }\n      B: { kind: read-only, offset: 6, width: 8 }',
      '9:37: regions.dev.registers.B.offset: 0x6 to 0x6 overlaps A, which is 0x4 to 0x7',
    ],
    [
      '      A: { kind: read-only, offset: 0, width: 24 }',
      '8:47: regions.dev.registers.A.width: expected a width of 8, 16, 32 or 64 bits, got "24"',
    ],
    [
      '      A: { kind: read-only, offset: 0, widths: [8, 9] }',
      '8:52: regions.dev.registers.A.widths.1: expected a width of 8, 16, 32 or 64 bits, got "9"',
    ],
    [
      '      A: { kind: read-only, offset: 0, widths: 8 }',
      '8:48: regions.dev.registers.A.widths: expected a list such as [8, 16, 32], got "8"',
    ],
    [
      '      A: { kind: constant, offset: 0, width: 8, value: 0x100 }',
      '8:56: regions.dev.registers.A.value: 0x100 does not fit in the 8 bits of the register',
    ],
    [
      '      A: { kind: fifo, offset: 0, contents: [0x1_0000_0000] }',
      '8:45: regions.dev.registers.A.contents: 0x100000000 does not fit in the 32 bits of the register',
    ],
    [
      '      A: { kind: fifo, offset: 0, depth: 1, contents: [1, 2] }',
      '8:55: regions.dev.registers.A.contents: 2 elements do not fit in a depth of 1',
    ],
    [
      '      A: { kind: fifo, offset: 0, empty: never }',
      '8:42: regions.dev.registers.A.empty: "never" is not a number: expected a number such as 0x1f, 0b101, 0o17 or 31',
    ],
    [
      '      A: { kind: counter, offset: 0 }',
      '8:10: regions.dev.registers.A: a counter needs either "rate" or "per-read"',
    ],
    [
      '      A: { kind: self-clearing, offset: 0, width: 8, start: 8, busy: 1ms }',
      '8:61: regions.dev.registers.A.start: bit 8 does not exist: the register has bits 0 to 7',
    ],
    [
      '      A: { kind: self-clearing, offset: 0, start: 8, busy: 20 }',
      '8:60: regions.dev.registers.A.busy: "20" is not a duration: it has no unit, did you mean 20ms? (units: us, ms, s, m)',
    ],
    [
      '      A: { kind: self-clearing, offset: 0, start: 8, busy: 1s, raises: [STATUS] }',
      '8:73: regions.dev.registers.A.raises.0: expected a register and a bit, such as STATUS:0, got "STATUS"',
    ],
    [
      '      A: { kind: self-clearing, offset: 0, start: 8, busy: 1s, raises: [STAT:1] }\n      STATE: { kind: read-only, offset: 4 }',
      '8:73: regions.dev.registers.A.raises.0: no register "STAT" in this block: did you mean "STATE"?',
    ],
    [
      '      A: { kind: write-1-to-set, offset: 0, of: B }\n      B: { kind: constant, value: 0, offset: 4 }',
      '8:49: regions.dev.registers.A.of: B is a constant register: its bits cannot be set',
    ],
    [
      '      A: { kind: read-only, offset: 0, live: { 4:7: B.level } }',
      '8:48: regions.dev.registers.A.live: 4:7 is reversed: bits are given from high to low, did you mean 7:4?',
    ],
    [
      '      A: { kind: read-only, offset: 0, live: { 7: B.levle } }\n      B: { kind: fifo, offset: 4 }',
      '8:51: regions.dev.registers.A.live.7: no signal "levle": B is a fifo register and has empty, full, level',
    ],
    [
      '      A: { kind: read-only, offset: 0, live: { 7: A.x } }',
      '8:51: regions.dev.registers.A.live.7: no signal "x": A is a read-only register and has no signals',
    ],
    [
      '      A: { kind: fault, offset: 0, on: never }',
      '8:40: regions.dev.registers.A.on: expected "read" or "write" or "both", got "never"',
    ],
  ])('refuses the register %j', (text, expected) => {
    expect(mistakeIn(text)).toBe(expected)
  })
})
