import { describe, expect, it } from 'vitest'
import { RunQueue } from './queue.ts'

describe('RunQueue', () => {
  it('runs jobs one after the other, also after one that failed', async () => {
    const queue = new RunQueue()
    const log: string[] = []
    const job = (name: string, turns: number) => async () => {
      log.push(`${name} starts`)
      for (let i = 0; i < turns; i++) await null
      log.push(`${name} ends`)
      if (name === 'b') throw new Error(name)
      return name
    }
    const runs = [queue.add(job('a', 5)), queue.add(job('b', 2)), queue.add(job('c', 0))]
    expect(await Promise.allSettled(runs)).toMatchObject([
      { value: 'a' },
      { reason: { message: 'b' } },
      { value: 'c' },
    ])
    expect(log).toEqual(['a starts', 'a ends', 'b starts', 'b ends', 'c starts', 'c ends'])
  })

  it('is idle when the last job has ended', async () => {
    const queue = new RunQueue()
    let ended = false
    void queue.add(async () => {
      await null
      ended = true
    })
    await queue.idle()
    expect(ended).toBe(true)
  })
})
