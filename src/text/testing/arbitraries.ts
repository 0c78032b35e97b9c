import fc from 'fast-check'
import type { Bits } from '../bits.ts'

const limit = 2 ** 52

export const offsets: fc.Arbitrary<number> = fc.oneof(
  fc.constant(0),
  fc.integer({ min: 0, max: 0x1000 }),
  fc.maxSafeInteger().map((number) => Math.abs(number) % limit),
)

export const bits: fc.Arbitrary<Bits> = fc
  .tuple(fc.integer({ min: 0, max: 63 }), fc.integer({ min: 0, max: 63 }))
  .map(([a, b]) => ({ high: Math.max(a, b), low: Math.min(a, b) }))

const fragments = [
  ...[
    '0x10',
    '0xfed00000',
    '0b101',
    '0o17',
    '31',
    '1_000',
    '4k',
    '1M',
    '2G',
    '010',
    '0x',
    '_',
    '0',
  ],
  ...['pci:', 'uio:', 'file:', 'pic:', 'sim:', '0000:00:04.0', '00:04.7', '/bar0', '/bar5_wc'],
  ...['/bar6', 'uio0', '/map0', 'edu', '/regs', './dump.bin', '../a', '/dev/mem', 'zzz', 'oops'],
  ...['..', '..+', '+', ':', '=', '!=', '==', '-', ' ', '.', '/', ':5', ':7:4', ':4:7', ':64'],
  ...['..0x20', '..+32', '+0x10', '+0', '=0x41', '=0', '\n', '', '5', 'de', '??', 'text:', 'u32:'],
  ...[
    '1M',
    '0x1000000g',
    '16',
    '|=',
    '&=~',
    '>=',
    '<',
    '[7:4]',
    '~',
    'local:',
    'bar00',
    '0b1',
    '09',
  ],
  ...['50', 'ms', 'us', 's', 'm', '"'],
]

/** Texts that come close to the grammar: its fragments in any order, some letters changed. */
export const nearlyGrammar: fc.Arbitrary<string> = fc
  .tuple(
    fc.array(fc.constantFrom(...fragments), { maxLength: 7 }),
    fc.option(fc.tuple(fc.nat(40), fc.nat(2), fc.string({ maxLength: 2 })), { freq: 2 }),
  )
  .map(([parts, mutation]) => {
    const text = parts.join('')
    if (mutation === null) return text
    const [at, removed, inserted] = mutation
    return text.slice(0, at) + inserted + text.slice(at + removed)
  })

export const texts: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: nearlyGrammar },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
)
