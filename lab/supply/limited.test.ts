import { expect, it } from 'vitest'
import { limited } from './limited.ts'

it('runs so many at a time, all of them, in their order, whether they fail or not', async () => {
  const run = limited(2)
  const started: number[] = []
  let [now, most] = [0, 0]
  const work = (index: number) => async () => {
    started.push(index)
    now += 1
    most = Math.max(most, now)
    await new Promise((resolve) => setImmediate(resolve))
    now -= 1
    if (index === 1) throw new Error('one fails')
    return index
  }
  const all = await Promise.allSettled([0, 1, 2, 3, 4].map((index) => run(work(index))))
  expect(all.map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    ...Array.from({ length: 3 }, () => 'fulfilled'),
  ])
  expect([started, most]).toEqual([[0, 1, 2, 3, 4], 2])
})
