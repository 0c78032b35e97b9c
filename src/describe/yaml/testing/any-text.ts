import fc from 'fast-check'
import { expect } from 'vitest'
import type { Description } from '../../model.ts'

const MARKS = [': ', ' ', '\n', '\n  ', '\n    ', '{', '}', '[', ']', ', ', '"', '0', '%s']

/** Texts of the marks of YAML and of these words, at most so many of both. */
export function textsOf(words: readonly string[], maxLength: number): fc.Arbitrary<string> {
  return fc
    .array(fc.constantFrom(...MARKS, ...words), { maxLength })
    .map((pieces) => pieces.join(''))
}

/** Expects a description, whose issues all have a place in the text, or an error that is about it. */
export function expectRead(act: () => Description): void {
  try {
    const { device, issues } = act()
    expect(Array.isArray(device.blocks)).toBe(true)
    for (const { line, column } of issues) expect(Math.min(line, column)).toBeGreaterThan(0)
  } catch (error) {
    expect(error).toMatchObject({ name: 'RequestError', code: 'ESYNTAX' })
  }
}
