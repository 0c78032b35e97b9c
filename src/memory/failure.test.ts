import { describe, expect, it } from 'vitest'
import { AccessError, RefusedError } from '../base/errors.ts'
import { closedError, type Failure, failureError } from './failure.ts'
import { Program } from './program.ts'
import { Results } from './results.ts'
import type { Step } from './step.ts'

function fail(steps: Step[], failure: Failure) {
  const program = new Program(steps)
  const cells = new BigUint64Array(steps.length * 2).fill(0x2an)
  const data = new Uint8Array(program.dataLength)
  const results = new Results(program, { done: failure.step, cells, data })
  const error = failureError('/dev/mem', program, results, failure)
  expect(error.results).toBe(results)
  return error
}

const at = { address: 0x1000, width: 32 } as const

describe('failureError', () => {
  it('names what failed where, and why', () => {
    const error = fail([{ op: 'write', ...at, value: 1 }], { code: 'EFAULT_BUS', step: 0 })
    expect(error).toBeInstanceOf(AccessError)
    expect(error.message).toBe(
      '32-bit write at 0x00001000 (/dev/mem) failed: nothing answered (bus error)',
    )
    expect(error.data).toEqual({
      step: 0,
      address: 0x1000,
      width: 32,
      direction: 'write',
      reason: 'nothing answered (bus error)',
    })
  })

  it('finds the address of the element that failed', () => {
    const block: Step = { op: 'fill', ...at, count: 100, value: 0 }
    const rising = fail([block, block], { code: 'EFAULT_SEGV', step: 1, elementsDone: 10 })
    expect(rising.message).toBe(
      'step 1: 32-bit write at 0x00001028 (/dev/mem) failed: the mapping does not allow it (segmentation fault); ' +
        '10 of 100 elements were written',
    )
    const fifo: Step = { op: 'readBlock', ...at, count: 100, stepping: 'fixed' }
    expect(fail([fifo], { code: 'EFAULT_BUS', step: 0, elementsDone: 10 }).data).toMatchObject({
      address: 0x1000,
      elementsDone: 10,
    })
  })

  it('does not claim to know whether an update failed in its load or its store', () => {
    const update: Step = { op: 'update', ...at, mask: 1, value: 1 }
    const error = fail([update], { code: 'EFAULT_BUS', step: 0, reason: 'the file ends before' })
    expect(error.message).toBe(
      '32-bit update at 0x00001000 (/dev/mem) failed: the file ends before',
    )
    expect(error.data).not.toHaveProperty('direction')
  })

  it('shows what a wait saw last, under its mask when it has one', () => {
    const wait: Step = { op: 'wait', ...at, mask: 0xf0, equals: 0x10, timeoutMs: 2.5 }
    const full: Step = { ...wait, mask: 0xffff_ffff }
    const message = (step: Step) => fail([step], { code: 'ETIMEOUT', step: 0 }).message
    const start = 'wait at 0x00001000 (/dev/mem) timed out after 2.5 ms: '
    expect(message(wait)).toBe(`${start}(0x2a & 0xf0) is not 0x10`)
    expect(message(full)).toBe(`${start}0x2a is not 0x10`)
    expect(message({ ...full, negate: true, equals: 0x2a })).toBe(`${start}0x2a is still 0x2a`)
  })

  it('has values in the type of the width, however they were given', () => {
    const wait: Step = { op: 'wait', address: 0, width: 64, mask: 1, equals: 1, timeoutMs: 1 }
    const { data } = fail([wait], { code: 'ETIMEOUT', step: 0 })
    expect(data).toMatchObject({ value: 0x2an, mask: 1n, equals: 1n })
  })

  it('says that the caller stopped it', () => {
    const cause = new Error('Ctrl-C')
    const error = fail([{ op: 'fence' }, { op: 'delay', us: 1 }], {
      code: 'EABORT',
      step: 1,
      cause,
    })
    expect(error.message).toBe('step 1: delay in /dev/mem was stopped by the caller')
    expect(error.data).toEqual({ step: 1 })
    expect(error.cause).toBe(cause)
  })
})

describe('closedError', () => {
  it('names the memory', () => {
    expect(closedError('sim:')).toBeInstanceOf(RefusedError)
    expect(closedError('sim:')).toMatchObject({ code: 'ECLOSED', message: 'sim: is closed' })
  })
})
