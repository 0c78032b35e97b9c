import { describe, expect, it } from 'vitest'
import { ConditionError, PhysmemError, RequestError } from './errors.ts'

describe('JSON of an error', () => {
  it('has its message, and values of 64 bits as strings', () => {
    const data = { address: 0x10, width: 64, value: 0x40n, mask: 2n ** 64n - 1n, timeoutMs: 20 }
    const error = new ConditionError('ETIMEOUT', 'wait at 0x10 timed out', data)
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      name: 'ConditionError',
      code: 'ETIMEOUT',
      message: 'wait at 0x10 timed out',
      data: {
        address: 0x10,
        width: 64,
        value: '0x0000000000000040',
        mask: '0xffffffffffffffff',
        timeoutMs: 20,
      },
    })
  })

  it('holds whatever the data do', () => {
    const cause = new Error('it is full')
    const data = {
      address: Number.NaN,
      value: -2n,
      steps: ['make', 'make install'],
      output: { bytes: Uint8Array.of(1, 0xab), at: [1n], when: new Date(0), none: null },
      input: Symbol('s') as never,
      restOfPage: 4096,
      cures: ['a'],
      mine: 1,
    }
    // Whoever writes a kind of memory in JavaScript may put anything there.
    const error = new RequestError('EVALUE', 'no', data as never, { cause })
    expect(JSON.parse(JSON.stringify([error]))).toEqual([
      {
        name: 'RequestError',
        code: 'EVALUE',
        message: 'no',
        data: {
          address: 'NaN',
          value: '-0x2',
          steps: data.steps,
          output: {
            bytes: '01ab',
            at: ['0x0000000000000001'],
            when: '1970-01-01T00:00:00.000Z',
            none: null,
          },
          input: 'Symbol(s)',
        },
        cause: 'it is full',
      },
    ])
    const odd = new PhysmemError('EIO', 'no', {}, { cause: 5n })
    expect(odd.toJSON()).toMatchObject({ cause: '0x0000000000000005' })
  })
})

it('a text that is longer than a path can be is kept by its two ends', () => {
  const path = 'x'.repeat(4096)
  expect(new RequestError('ESYNTAX', 'no', { input: path }).data.input).toBe(path)
  const { input } = new RequestError('ESYNTAX', 'no', { input: `a${'x'.repeat(1e6)}z` }).data
  expect(input).toMatch(/^ax+…x+z$/)
  expect(input).toHaveLength(4095)
})
