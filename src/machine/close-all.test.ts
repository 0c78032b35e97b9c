import { expect, it } from 'vitest'
import { closeAll } from './close-all.ts'

it('closes those after one that fails, and tells the first error', async () => {
  const closed: number[] = []
  const one = (number: number, error?: Error) => ({
    close: () => {
      closed.push(number)
      if (error) throw error
    },
  })
  const all = [one(1), one(2, new Error('first')), one(3, new Error('second')), one(4)]
  await expect(closeAll(all)).rejects.toThrow('first')
  expect(closed).toEqual([1, 2, 3, 4])
})
