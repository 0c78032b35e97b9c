import { describe, expect, it } from 'vitest'
import { inTurn, lastly } from './pending.ts'

const later = <T>(value: T) => new Promise<T>((resolve) => setImmediate(resolve, value))

describe('inTurn', () => {
  it('is there at once where nothing is waited for', () => {
    expect(inTurn([1, 2, 3], (item, index) => item * 10 + index)).toEqual([10, 21, 32])
  })

  it('begins none before the one before it has ended', async () => {
    const log: string[] = []
    const work = (item: number, index: number) => {
      log.push(`begin ${index}`)
      return item === 2 ? 0 : later(item).then((value) => log.push(`end ${value}`))
    }
    expect(await inTurn([1, 2, 3], work)).toEqual([2, 0, 5])
    expect(log).toEqual(['begin 0', 'end 1', 'begin 1', 'begin 2', 'end 3'])
  })

  it('stops at the first failure', async () => {
    const done: number[] = []
    const work = (item: number) => {
      if (item === 2) throw new Error('two')
      done.push(item)
      return item
    }
    expect(() => inTurn([1, 2, 3], work)).toThrow('two')
    await expect(inTurn([4, 2, 3], (item) => later(item).then(work))).rejects.toThrow('two')
    expect(done).toEqual([1, 4])
  })
})

describe('lastly', () => {
  it('ends what was done at once, and what came later', async () => {
    const log: string[] = []
    const end = () => {
      log.push('end')
    }
    expect(lastly(() => 1, end)).toBe(1)
    expect(await lastly(() => later(2), end)).toBe(2)
    expect(() => lastly(fail, end)).toThrow('failed')
    await expect(lastly(() => later(0).then(fail), end)).rejects.toThrow('failed')
    expect(log).toHaveLength(4)
  })

  it('throws when its end has come, where that is waited for', async () => {
    const log: string[] = []
    const end = async () => {
      await later(0)
      log.push('end')
    }
    expect(await lastly(() => 1, end)).toBe(1)
    await expect(lastly(fail, end)).rejects.toThrow('failed')
    expect(log).toHaveLength(2)
  })
})

function fail(): never {
  throw new Error('failed')
}
