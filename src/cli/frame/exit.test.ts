import { describe, expect, it } from 'vitest'
import { RefusedError } from '../../base/errors.ts'
import { run } from '../testing/run.ts'
import { describeError } from './exit.ts'

const ESC = String.fromCharCode(27)

describe('describeError', () => {
  it('shows names that others chose without what a terminal acts on', () => {
    const error = new RefusedError('EOPEN', `a${ESC}[2Jb\nc`, { cure: `d${ESC}e` })
    expect(describeError(error)).toBe('physmem: a\\u{1b}[2Jb\\u{a}c\n  cure: d\\u{1b}e\n')
  })

  it('keeps the names in JSON, escaped', async () => {
    const name = `/nowhere/${ESC}\u009b31m`
    const { out } = await run(['read', `file:${name}`, '--json'])
    expect(out).toContain('/nowhere/\\u001b\\u009b31m')
    expect(JSON.parse(out).error.place).toBe(`file:${name}`)
  })

  it('does so for every command', async () => {
    const { err, code } = await run(['read', `file:/nowhere/${ESC}[31m`])
    expect({ err, code }).toEqual({
      err: 'physmem: /nowhere/\\u{1b}[31m cannot be opened for reading: there is no such file\n',
      code: 2,
    })
  })
})
