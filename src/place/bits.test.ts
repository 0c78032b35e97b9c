import { expect, it } from 'vitest'
import { bitsMask, extractBits, placeBits } from './published.ts'

it.each([
  [{ high: 4, low: 7 }, '{ high: 4, low: 7 } is reversed: high is the upper bit'],
  [{ high: 64, low: 0 }, 'bit 64 does not exist: bits are numbered from 0 to 63'],
  [{ high: 7, low: -1 }, 'bit -1 does not exist: bits are numbered from 0 to 63'],
  [{ high: 7.5, low: 0 }, '7.5 is no bit: expected a whole number from 0 to 63'],
])('%j are no bits', (bits, why) => {
  const error = { code: 'ERANGE', message: `bits: ${why}` }
  for (const act of [
    () => bitsMask(bits, 32),
    () => extractBits(255, bits),
    () => placeBits(0, bits, 32),
  ]) {
    expect(act).toThrow(expect.objectContaining(error))
  }
})

it('what has no two numbers is of another kind', () => {
  const message = 'bits: expected bits such as { high: 7, low: 4 }, not an object'
  const error = { code: 'EUSAGE', message }
  expect(() => bitsMask({ high: 7 } as never, 32)).toThrow(expect.objectContaining(error))
})

it('a field that does not fit is refused: its other bits would be those of a neighbour', () => {
  const bits = { high: 7, low: 4 }
  expect(() => placeBits(99, bits, 32)).toThrow('0x63 does not fit in bits 7:4 (largest: 0xf)')
  expect(() => placeBits(-1, bits, 32)).toThrow('-1 does not fit in bits 7:4 (smallest: 0)')
  expect([placeBits(9, bits, 32), placeBits(9n, bits, 64)]).toEqual([0x90, 0x90n])
})
