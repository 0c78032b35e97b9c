import { expect, it } from 'vitest'
import { takenByWords } from './words.ts'

it.each([
  ['HSEM Read lock register semaphore 0', 'may take a lock'],
  ['Error counter. Reading this register clears the counter', 'may clear flags'],
  ['Flags, which are cleared on read', 'may clear flags'],
  ['Read-to-clear status', 'may clear flags'],
  ['Cleared when the register is read', 'may clear flags'],
  ['Receive data register', 'may take data'],
  ['USART received data register', 'may take data'],
  ['Rx buffer register', 'may take data'],
  ['Spinlock status register', undefined],
  ['Read/write 1 to clear', undefined],
  ['Reads as 0. Writing 1 clears the flag', undefined],
  ['Cleared by reading the matching interrupt register', undefined],
  ['Receive interrupt status of the data register', undefined],
  ['Port input data register', undefined],
  [undefined, undefined],
])('what is described as %j %s', (description, taking) => {
  expect(takenByWords(description)).toBe(taking)
})

it('is told in one look, however long the text', () => {
  expect(takenByWords('read '.repeat(40_000))).toBe(undefined)
  expect(takenByWords(`receive ${'rx '.repeat(40_000)}`)).toBe(undefined)
})
