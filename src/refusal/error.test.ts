import { describe, expect, it } from 'vitest'
import { sentence, shell } from '../base/cure.ts'
import { RefusedError, RequestError } from '../base/errors.ts'
import { refusalError } from './error.ts'

describe('refusalError', () => {
  it('says what was not possible, and why; cures and evidence are data', () => {
    const evidence = [{ file: '/proc/cmdline', line: 'lockdown=integrity' }]
    const refusal = { code: 'EREFUSED', reason: 'it is shut', cure: 'open it', evidence } as const
    const cause = new Error('EPERM')
    const error = refusalError('/dev/x cannot be opened', refusal, { errno: 'EPERM' }, { cause })
    expect(error).toBeInstanceOf(RefusedError)
    expect([error.message, error.cause]).toEqual(['/dev/x cannot be opened: it is shut', cause])
    expect(error.data).toEqual({ why: 'it is shut', errno: 'EPERM', cure: 'open it', evidence })
  })

  it('has its cures in words, and as they are', () => {
    const cure = sentence`load it: ${shell('modprobe msr')}`
    const refusal = { code: 'EREFUSED', reason: 'it is shut', cure, cures: [cure] } as const
    const error = refusalError('x', refusal)
    expect(error.data.cure).toBe('load it: modprobe msr')
    expect(error.data.cures).toEqual(['load it: modprobe msr'])
    expect(error.remedy).toEqual({ cure, cures: [cure] })
  })

  it('has its data in one order, which documents show', () => {
    const evidence = [{ file: '/proc/cmdline', line: 'nomodule' }]
    const refusal = {
      code: 'EREFUSED',
      reason: 'no',
      cure: 'boot',
      steps: ['a'],
      evidence,
    } as const
    const keys = ['errno', 'cure', 'steps', 'evidence', 'why']
    expect(Object.keys(refusalError('x', refusal, { errno: 'EPERM' }).data)).toEqual(keys)
  })

  it('is a RequestError for what does not exist', () => {
    const error = refusalError('x', { code: 'ENOPLACE', reason: 'there is none', evidence: [] })
    expect(error).toBeInstanceOf(RequestError)
    expect(error.data).toEqual({ why: 'there is none' })
  })
})
