import { describe, expect, it } from 'vitest'
import { RefusedError, RequestError } from '../../base/errors.ts'
import { FakeRoot } from '../../linux/testing/fake-root.ts'
import { offsetsError } from '../../ways/file.ts'
import { run } from '../testing/run.ts'
import { describeError } from './exit.ts'

const ESC = String.fromCharCode(27)

describe('describeError', () => {
  it('shows names that others chose without what a terminal acts on', () => {
    const error = new RefusedError('EOPEN', `a${ESC}[2Jb\nc`, { cure: `d${ESC}e` })
    expect(describeError(error)).toBe('physmem: a\\u{1b}[2Jb\\u{a}c\n  cure: d\\u{1b}e\n')
  })

  it('calls it a cure what is done to the machine, and a hint how else to ask', () => {
    using root = new FakeRoot().uio(0, 'edu')
    root.uioMap(0, 0, { size: '0x1000', offset: '0x0' })
    const device = { subsystem: 'uio', name: 'uio0', parent: undefined }
    expect(
      describeError(
        offsetsError('/dev/uio0', { kind: 'other', owner: 'uio', device }, root.system),
      ),
    ).toBe(
      'physmem: /dev/uio0 cannot be mapped by its path: it is a UIO device, whose mmap takes the number of a map as offset, not a byte\n  hint: name what is in it: uio:uio0/map0\n',
    )
    const data = { cure: 'use another kernel', curesMachine: true } as const
    expect(describeError(new RequestError('ENOPLACE', 'none', data))).toBe(
      'physmem: none\n  cure: use another kernel\n',
    )
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
