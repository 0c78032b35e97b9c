import { expect, it } from 'vitest'
import { oneLine } from './one-line.ts'

it('has all on one line, cut where it is long', () => {
  expect(oneLine()).toBe('')
  expect(oneLine('  Flag\n\t register ')).toBe('Flag register')
  expect(oneLine('x'.repeat(60))).toBe('x'.repeat(60))
  expect(oneLine('x'.repeat(61))).toBe(`${'x'.repeat(59)}…`)
  expect(oneLine(' x\n'.repeat(61), Infinity)).toBe('x '.repeat(61).trim())
})
