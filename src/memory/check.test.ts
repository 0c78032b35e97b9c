import { describe, expect, it } from 'vitest'
import { type PhysmemError, RequestError } from '../base/errors.ts'
import { checkStep } from './check.ts'
import type { Step } from './step.ts'

function refusal(step: unknown): { code: string; message: string; step: unknown } {
  try {
    checkStep(step as Step, 3)
  } catch (error) {
    expect(error).toBeInstanceOf(RequestError)
    const { code, message, data } = error as PhysmemError
    return { code, message, step: data.step }
  }
  throw new Error('it was accepted')
}

const at = { address: 0x1000, width: 32 }

const STEPS =
  ': expected read, write, update, wait, readBlock, writeBlock, fill, delay, fence, cache'

describe('checkStep', () => {
  it.each<[string, unknown]>([
    [`EUSAGE unknown step "reed"${STEPS}`, { op: 'reed', ...at }],
    [`EUSAGE unknown step undefined${STEPS}`, {}],
    [
      'EUSAGE cache action: expected clean or flush, not "invalidate"',
      { op: 'cache', action: 'invalidate', address: 0, length: 64 },
    ],
    [
      'ERANGE cache lines of 0 bytes: expected 1 to 4294967295',
      { op: 'cache', action: 'clean', address: 0, length: 0 },
    ],
    [
      'ERANGE 0xfffffffffffff is not an address: expected a whole number from 0x0 to 0xfffffffffffff',
      { op: 'cache', action: 'flush', address: 2 ** 52 - 1, length: 2 },
    ],
    ['EWIDTH a width of 24 bits: expected 8, 16, 32 or 64', { op: 'read', address: 0, width: 24 }],
    [
      'EWIDTH a width of 24 bits: expected 8, 16, 32 or 64',
      { op: 'writeBlock', address: 0, width: 24, data: new Uint8Array(4) },
    ],
    [
      'EALIGN 0x00001002 is not a multiple of 4: a 32-bit access would not be one access',
      { op: 'read', address: 0x1002, width: 32 },
    ],
    [
      'ERANGE 0x10000000000000 is not an address: expected a whole number from 0x0 to 0xffffffffffffc',
      { op: 'read', address: 2 ** 52, width: 32 },
    ],
    [
      'ERANGE -4 is not an address: expected a whole number from 0x0 to 0xffffffffffffc',
      { op: 'read', address: -4, width: 32 },
    ],
    [
      'ERANGE 0.5 is not an address: expected a whole number from 0x0 to 0xfffffffffffff',
      { op: 'read', address: 0.5, width: 8 },
    ],
    [
      'ERANGE NaN is not an address: expected a whole number from 0x0 to 0xfffffffffffff',
      { op: 'read', address: Number.NaN, width: 8 },
    ],
    [
      'EVALUE the value 0x100000000 does not fit in 32 bits',
      { op: 'write', ...at, value: 2 ** 32 },
    ],
    [
      'EVALUE the value -2147483649 does not fit in 32 bits',
      { op: 'write', ...at, value: -(2n ** 31n) - 1n },
    ],
    ['EVALUE the value 1.5 is not a whole number', { op: 'write', ...at, value: 1.5 }],
    [
      'EVALUE the value -2 is a negative number, which has 32 bits: expected a bigint, such as -2n',
      { op: 'write', address: 0, width: 64, value: ~1 },
    ],
    [
      'EVALUE the mask 0x20000000000000 is beyond 2^53, where numbers are not exact: expected a bigint',
      { op: 'update', address: 0, width: 64, mask: 2 ** 53, value: 0 },
    ],
    [
      'EVALUE the mask -257 does not fit in 8 bits',
      { op: 'update', address: 0, width: 8, mask: ~0x100, value: 0 },
    ],
    [
      'EUSAGE a string is not an address: expected a number',
      { op: 'read', address: '0', width: 8 },
    ],
    ['EUSAGE a bigint is not an address: expected a number', { op: 'read', address: 0n, width: 8 }],
    ['EUSAGE undefined is not an address: expected a number', { op: 'read', width: 8 }],
    ['EUSAGE a string is not a width: expected a number', { op: 'read', address: 0, width: '32' }],
    [
      'EUSAGE a string is not a value: expected a number or a bigint',
      { op: 'write', ...at, value: '0x1' },
    ],
    [
      'EUSAGE undefined is not a value to wait for: expected a number or a bigint',
      { op: 'wait', ...at, mask: 1, timeoutMs: 1 },
    ],
    [
      'EUSAGE null is not a mask: expected a number or a bigint',
      { op: 'update', ...at, mask: null, value: 1 },
    ],
    [
      'EUSAGE a string is not a number of elements: expected a number',
      { op: 'readBlock', ...at, count: '4' },
    ],
    [
      'EUSAGE a string is not a time-out in milliseconds: expected a number',
      { op: 'wait', ...at, mask: 1, equals: 1, timeoutMs: '10' },
    ],
    ['EUSAGE an array is not a delay in microseconds: expected a number', { op: 'delay', us: [1] }],
    [
      'EVALUE the mask 0x1ff does not fit in 8 bits',
      { op: 'update', address: 0, width: 8, mask: 0x1ff, value: 0 },
    ],
    [
      'EVALUE the value to wait for 0x100 does not fit in 8 bits',
      { op: 'wait', address: 0, width: 8, mask: 1, equals: 0x100, timeoutMs: 1 },
    ],
    [
      'EVALUE the value to wait for 0x3 has bits outside the mask 0x1: the condition would never be true',
      { op: 'wait', ...at, mask: 1, equals: 3, timeoutMs: 1 },
    ],
    [
      'EVALUE the value to wait for 0x3 has bits outside the mask 0x1: the condition would be true at once',
      { op: 'wait', ...at, mask: 1, equals: 3n, timeoutMs: 1, negate: true },
    ],
    [
      'ERANGE a time-out in milliseconds of -1: expected 0 to 86400000',
      { op: 'wait', ...at, mask: 1, equals: 1, timeoutMs: -1 },
    ],
    [
      'ERANGE an interval in microseconds of Infinity: expected 0 to 4294967295',
      { op: 'wait', ...at, mask: 1, equals: 1, timeoutMs: 1, intervalUs: Number.POSITIVE_INFINITY },
    ],
    [
      'ERANGE a delay in microseconds of NaN: expected 0 to 86400000000',
      { op: 'delay', us: Number.NaN },
    ],
    [
      'ERANGE a block of 0 elements: expected 1 to 4294967295',
      { op: 'fill', ...at, count: 0, value: 0 },
    ],
    [
      'ERANGE a block of 1.5 elements: expected 1 to 4294967295',
      { op: 'readBlock', ...at, count: 1.5 },
    ],
    [
      'ERANGE a block of 0 elements: expected 1 to 4294967295',
      { op: 'writeBlock', ...at, data: new Uint8Array() },
    ],
    [
      'EALIGN 6 bytes cannot be written in pieces of 32 bits: expected a multiple of 4',
      { op: 'writeBlock', ...at, data: new Uint8Array(6) },
    ],
    [
      'EUSAGE the data of a writeBlock: expected a Uint8Array, not an array',
      { op: 'writeBlock', ...at, data: [1, 2, 3, 4] },
    ],
    [
      'EUSAGE stepping: expected increment or fixed, not "fixd"',
      { op: 'readBlock', ...at, count: 1, stepping: 'fixd' },
    ],
    [
      'EUSAGE onFault: expected stop or skip, not "go"',
      { op: 'readBlock', ...at, count: 1, onFault: 'go' },
    ],
    [
      'EUSAGE onFault "skip" goes on after what fails, but stepping "fixed" stays at it: leave out one of them',
      { op: 'readBlock', ...at, count: 1, onFault: 'skip', stepping: 'fixed' },
    ],
  ])('refuses with %s', (expected, step) => {
    const { code, message, step: index } = refusal(step)
    expect(`${code} ${message}`).toBe(expected)
    expect(index).toBe(3)
  })

  it('says in its data where a value was to go, and which', () => {
    const data = (step: Step) => {
      try {
        checkStep(step, 3)
      } catch (error) {
        return (error as PhysmemError).data
      }
      throw new Error('it was accepted')
    }
    const where = { step: 3, address: 0x1000, width: 32 }
    const wait = { op: 'wait', ...at, width: 32, mask: 1, equals: 3, timeoutMs: 1 } as const
    expect(data({ op: 'write', ...at, width: 32, value: 2 ** 32 })).toEqual({
      ...where,
      value: 2 ** 32,
    })
    expect(data({ ...wait, mask: 1n << 32n })).toEqual({ ...where, mask: 1n << 32n })
    expect(data(wait)).toEqual({ ...where, value: 3, mask: 1 })
  })

  it('gives the step without signs and without defaults', () => {
    const wait = {
      op: 'wait',
      ...at,
      width: 32,
      mask: 1 << 31,
      equals: 1 << 31,
      timeoutMs: 1,
    } as const
    expect(checkStep(wait, 0)).toEqual({
      ...wait,
      mask: 0x8000_0000,
      equals: 0x8000_0000,
      intervalUs: 100,
    })
    const update = { op: 'update', address: 0, width: 8, mask: ~0x80, value: ~1 } as const
    expect(checkStep(update, 0)).toEqual({ ...update, mask: 0x7f, value: 0xfe })
  })

  it('lets a block end at the last address, and not after it', () => {
    const step = { op: 'readBlock', address: 2 ** 52 - 8, width: 32, count: 2 } as const
    expect(checkStep(step, 0)).toBe(step)
    expect(refusal({ ...step, count: 3 }).code).toBe('ERANGE')
    expect(checkStep({ ...step, count: 3, stepping: 'fixed' }, 0)).toBeTruthy()
  })
})
