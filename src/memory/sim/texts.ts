import * as v from 'valibot'
import { PhysmemError } from '../../base/errors.ts'
import { ADDRESS_LIMIT } from '../../base/limits.ts'
import type { Width } from '../../base/width.ts'
import { parseDurationUs } from '../../text/duration.ts'
import { parseNumber } from '../../text/number.ts'
import { quote } from '../../text/refuse.ts'

/**
 * The leaves of a board description. Every scalar comes as its text, so that numbers and durations
 * are written, and refused, as on the command line.
 */

/** A leaf whose text `parse` turns into a value, throwing the error that is shown. */
export function leaf<T>(expected: string, parse: (text: string) => T) {
  return v.pipe(
    v.unknown(),
    v.rawTransform<unknown, T>(({ dataset: { value }, addIssue, NEVER }) => {
      if (typeof value !== 'string') {
        addIssue({
          message: `expected ${expected}, got ${Array.isArray(value) ? 'a list' : 'a mapping'}`,
        })
        return NEVER
      }
      try {
        return parse(value)
      } catch (error) {
        if (!(error instanceof PhysmemError) && !(error instanceof Unexpected)) throw error
        addIssue({ message: error.message })
        return NEVER
      }
    }),
  )
}

class Unexpected extends Error {}

/** A leaf of a fixed form: `parse` gives `undefined` for what is not of it. */
function form<T>(expected: string, parse: (text: string) => T | undefined) {
  return leaf(expected, (text) => {
    const value = parse(text)
    if (value === undefined) throw new Unexpected(`expected ${expected}, got ${quote(text)}`)
    return value
  })
}

export const text = leaf('a text', (text) => text)

export function choice<const T extends string>(...options: T[]) {
  const expected = options.map((option) => `"${option}"`).join(' or ')
  return form(expected, (text) => options.find((option) => option === text))
}

/** A register's value: at most 64 bits. */
export const value = leaf('a number', (text) => parseNumber(text, { max: 2n ** 64n - 1n }))

/** A `number` up to `most`, with or without a suffix k, M or G. */
export function count(most = ADDRESS_LIMIT, least = 0) {
  return leaf('a number', (text) => {
    const number = parseNumber(text, { suffix: true, max: BigInt(most) })
    if (number < least) throw new Unexpected(`expected at least ${least}, got ${quote(text)}`)
    return Number(number)
  })
}

export const width = form('a width of 8, 16, 32 or 64 bits', (text) =>
  [8, 16, 32, 64].includes(Number(text)) ? (Number(text) as Width) : undefined,
)

export const durationUs = leaf('a duration such as 20ms', parseDurationUs)

/** A register of the same block and one of its bits. */
export const bitOf = form('a register and a bit, such as STATUS:0', (text) => {
  const match = /^(\w+):(\d|[1-5]\d|6[0-3])$/.exec(text)
  return match ? { register: match[1] as string, bit: Number(match[2]) } : undefined
})

/** A register of the same block and something that it knows of itself. */
export const signalOf = form('a register and its signal, such as CONTROL.busy', (text) => {
  const match = /^(\w+)\.(\w+)$/.exec(text)
  return match ? { register: match[1] as string, signal: match[2] as string } : undefined
})

/** What an empty queue gives. */
export const emptyRead = leaf('a number or fault', (text) =>
  text === 'fault' ? text : parseNumber(text, { max: 2n ** 64n - 1n }),
)
