import { expect, it } from 'vitest'
import { bitsMask, extractBits, placeBits } from './published.ts'

it.each([
  [{ high: 4, low: 7 }],
  [{ high: 64, low: 0 }],
  [{ high: 7, low: -1 }],
  [{ high: 7.5, low: 0 }],
])('%j are no bits', (bits) => {
  const error = { code: 'EUSAGE' }
  const message = /expected bits such as \{ high: 7, low: 4 \}/
  for (const act of [
    () => bitsMask(bits, 32),
    () => extractBits(255, bits),
    () => placeBits(0, bits, 32),
  ]) {
    expect(act).toThrow(expect.objectContaining(error))
    expect(act).toThrow(message)
  }
})

it('a field that does not fit is refused: its other bits would be those of a neighbour', () => {
  const bits = { high: 7, low: 4 }
  expect(() => placeBits(99, bits, 32)).toThrow('0x63 does not fit in bits 7:4 (largest: 0xf)')
  expect(() => placeBits(-1, bits, 32)).toThrow('-1 does not fit in bits 7:4 (smallest: 0)')
  expect([placeBits(9, bits, 32), placeBits(9n, bits, 64)]).toEqual([0x90, 0x90n])
})
