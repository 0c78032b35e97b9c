import { afterEach, expect, it, vi } from 'vitest'
import { IdleOptimizer } from './optimizer.ts'

const set = vi.spyOn(process.getBuiltinModule('node:v8'), 'setFlagsFromString')

afterEach(() => {
  vi.useRealTimers()
  set.mockClear()
})

const flags = () => set.mock.calls.map(([flag]) => flag)

it('is off until its batch has ended', () => {
  const optimizer = new IdleOptimizer()
  optimizer.look()
  expect(flags()).toEqual(['--no-opt'])
  optimizer[Symbol.dispose]()
  optimizer[Symbol.dispose]()
  expect(flags()).toEqual(['--no-opt', '--opt'])
})

it('is back in a batch that takes long, with or without a turn of its timer', () => {
  vi.useFakeTimers()
  new IdleOptimizer()
  vi.advanceTimersByTime(500)
  expect(flags()).toEqual(['--no-opt', '--opt'])
  set.mockClear()
  const optimizer = new IdleOptimizer()
  vi.spyOn(process, 'uptime').mockReturnValueOnce(process.uptime() + 0.501)
  optimizer.look()
  optimizer[Symbol.dispose]()
  expect(flags()).toEqual(['--no-opt', '--opt'])
})
