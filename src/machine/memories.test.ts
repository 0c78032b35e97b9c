import { expect, it } from 'vitest'
import type { Memory } from '../memory/memory.ts'
import type { Found } from './found.ts'
import { Memories } from './memories.ts'

/** What is opened under one key, one after the other; `closed` has the numbers of those that are. */
function opening() {
  const closed: number[] = []
  const gone: (() => void)[] = []
  const found = (identity?: string): Pick<Found, 'key' | 'identity' | 'open'> => ({
    ...{ key: 'one', identity },
    open: async (tell) => {
      const number = gone.push(tell)
      const close = async () => {
        closed.push(number)
      }
      return { memory: { name: `${number}`, close } as Memory }
    },
  })
  return { found, closed, gone }
}

const nameOf = async (memories: Memories, found: Pick<Found, 'key' | 'identity' | 'open'>) =>
  (await memories.once(found)).memory.name

it('opens one once, as long as the same is there', async () => {
  const memories = new Memories('m')
  const { found, closed } = opening()
  expect(await nameOf(memories, found('1:2'))).toBe('1')
  expect(await nameOf(memories, found('1:2'))).toBe('1')
  expect(await nameOf(memories, found('1:3'))).toBe('2')
  expect(closed).toEqual([1])
  expect(await nameOf(memories, found())).toBe('3')
  await memories.close()
  expect(closed).toEqual([1, 2, 3])
  expect(() => memories.once(found())).toThrow('the machine m is closed')
})

it('opens anew what has found itself gone', async () => {
  const memories = new Memories('m')
  const { found, closed, gone } = opening()
  expect(await nameOf(memories, found())).toBe('1')
  gone[0]?.()
  expect(await nameOf(memories, found())).toBe('2')
  // The one that was left has nothing to say of its successor.
  gone[0]?.()
  expect(await nameOf(memories, found())).toBe('2')
  expect(closed).toEqual([1])
  await memories.close()
})

it('asks anew for what was refused', async () => {
  const memories = new Memories('m')
  const { found } = opening()
  const refused = { ...found(), open: () => Promise.reject(new Error('not yet')) }
  await expect(memories.once(refused)).rejects.toThrow('not yet')
  expect(await nameOf(memories, found())).toBe('1')
  await memories.close()
})

it('waits at its end for what still runs in one that was left', async () => {
  const memories = new Memories('m')
  const { found } = opening()
  let stop = () => {}
  const running = new Promise<void>((resolve) => {
    stop = resolve
  })
  const memory = { name: 'old', close: () => running } as Memory
  await memories.once({ key: 'one', identity: '1', open: async () => ({ memory }) })
  expect(await nameOf(memories, found('2'))).toBe('1')
  let ended = false
  const closing = memories.close().then(() => {
    ended = true
  })
  await new Promise(setImmediate)
  expect(ended).toBe(false)
  stop()
  await closing
})
