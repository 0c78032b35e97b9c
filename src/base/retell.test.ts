import { describe, expect, it } from 'vitest'
import { AccessError, RefusedError, RequestError } from './errors.ts'
import { retell } from './retell.ts'

function made(): RequestError {
  return new RequestError('ERANGE', 'too far ($&)', { address: 4, cure: 'go back' })
}

describe('an error told otherwise', () => {
  it('has another message and data, and the class, code and cause of the first', () => {
    const cause = new Error('EIO')
    const first = new AccessError('EIO', 'failed', { address: 4, step: 1 }, { cause })
    const told = retell(first, { message: 'it failed', data: { step: undefined, width: 8 } })
    expect(told).toBeInstanceOf(AccessError)
    expect(told).toMatchObject({ name: 'AccessError', code: 'EIO', message: 'it failed', cause })
    expect(told.data).toStrictEqual({ address: 4, width: 8 })
    expect(first).toMatchObject({ message: 'failed', data: { address: 4, step: 1 } })
  })

  it('has no cause where there was none', () => {
    expect('cause' in retell(made(), {})).toBe(false)
  })

  it('has the stack of the first, with its own message', () => {
    const told = retell(made(), { message: "it's $& far" })
    expect(told.stack).toContain("it's $& far\n")
    expect(told.stack).not.toContain('too far')
    expect(told.stack).toContain('at made ')
    expect(retell(made(), {}).stack).toContain('too far ($&)\n')
  })

  it('has a stack of its own where that is asked for', () => {
    const told = retell(made(), { freshStack: true })
    expect(told.stack).not.toContain('at made ')
    expect(told.stack).toContain('too far ($&)\n')
  })

  it('keeps what its cure is made of, unless another is told', () => {
    const remedy = { cure: [{ shell: 'reboot' }] }
    const first = new RefusedError('EREFUSED', 'refused', { cure: 'reboot' }, { remedy })
    expect(retell(first, { message: 'no' }).remedy).toBe(remedy)
    expect('remedy' in retell(first, { data: { cure: 'wait' } })).toBe(false)
  })

  it('has the results of the first, others, or none', () => {
    const results = { done: 1 } as never
    const first = new AccessError('EIO', 'failed', {}, { results })
    expect(retell(first, {}).results).toBe(results)
    const others = { done: 2 } as never
    expect(retell(first, { results: others }).results).toBe(others)
    expect('results' in retell(first, { results: undefined })).toBe(false)
  })
})
