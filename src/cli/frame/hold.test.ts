import { describe, expect, it } from 'vitest'
import type { Context } from './context.ts'
import { hold } from './hold.ts'
import type { Io } from './io.ts'

describe('a program that is run', () => {
  it.each([
    ['kill -INT $$', 130, 'SIGINT'],
    ['kill -TERM $$', 143, 'SIGTERM'],
    ['kill -9 $$', 137, undefined],
    ['exit 130', 130, undefined],
  ])('by %s gives %i, and the command dies of %s', async (script, code, signal) => {
    const io: Partial<Io> = {}
    expect(await hold({ io } as Context, ['sh', '-c', script])).toBe(code)
    expect(io.endedBy).toBe(signal)
  })
})
