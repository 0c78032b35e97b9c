import { expect, test } from 'vitest'
import { RequestError } from '../base/errors.ts'
import { refused } from '../text/testing/refused.ts'
import { checkAligned } from './align.ts'

test('accepts multiples of the width', () => {
  for (const width of [8, 16, 32, 64] as const) checkAligned(0xfed0_0008, width)
  checkAligned(0xfed0_0003, 8)
})

test.each([
  [
    0xfed0_0002,
    32,
    '0xfed00002 is not a multiple of 4: ' + 'a 32-bit access needs 0xfed00000 or 0xfed00004',
  ],
  [1, 16, '0x00000001 is not a multiple of 2: a 16-bit access needs 0x00000000 or 0x00000002'],
  [0x14, 64, '0x00000014 is not a multiple of 8: a 64-bit access needs 0x00000010 or 0x00000018'],
  [
    2 ** 52 - 1,
    32,
    '0xfffffffffffff is not a multiple of 4: ' + 'a 32-bit access needs 0xffffffffffffc',
  ],
] as const)('refuses %i at %i bits', (address, width, message) => {
  expect(refused(() => checkAligned(address, width))).toBe(`EALIGN ${message}`)
})

test('says which place, and what to do', () => {
  const expected = new RequestError(
    'EALIGN',
    'uio:uio0/map0+0x2 is not a multiple of 4: ' + 'a 32-bit access needs 0x0 or 0x4',
    {
      input: 'uio:uio0/map0+0x2',
      place: 'uio:uio0/map0+0x2',
      address: 2,
      width: 32,
      cure: 'use --width 16, or --unaligned to access it byte by byte',
    },
  )
  expect(() => checkAligned(2, 32, 'uio:uio0/map0+0x2')).toThrow(expected)
})

test('takes virtual addresses beyond what a number holds', () => {
  checkAligned(0xffff_8880_0100_0004n, 32)
  expect(refused(() => checkAligned(0xffff_8880_0100_0006n, 64, 'kernel:x'))).toBe(
    'EALIGN kernel:x is not a multiple of 8: a 64-bit access needs 0xffff888001000000 or 0xffff888001000008',
  )
})
