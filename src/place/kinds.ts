/** What the published functions of this room take, as far as it is neither text nor number. */
import { WIDTHS } from '../base/width.ts'
import type { Bits } from '../text/bits.ts'
import { optional, record, type Shape, shape } from '../text/options.ts'
import { schemes } from './schemes/index.ts'

const NUMBERS = { high: 'number', low: 'number' } as const

/** Whole numbers from 0 to 63, the highest first. */
export const BITS: Shape = {
  expected: 'bits such as { high: 7, low: 4 }',
  is: (value) => shape('bits', NUMBERS).is(value) && areBits(value as Bits),
}

function areBits({ high, low }: Bits): boolean {
  return Number.isInteger(high) && Number.isInteger(low) && low >= 0 && low <= high && high <= 63
}

export const PLACE = shape('a place, as parsePlace gives it', {
  ...{ scheme: schemes.map(({ name }) => name), offset: 'number' },
})

export const OPERAND = shape('what the matching parse function gives', {
  ...{ place: PLACE, bits: optional(BITS), length: optional('number') },
})

export const LITERAL = shape('a literal such as { value: 1n }', { value: 'bigint' })

export const ASSIGNMENT = shape('what the matching parse function gives', {
  ...{ place: PLACE, bits: optional(BITS), value: 'bigint' },
})

export const PCI = shape('a place of a PCI function', {
  ...{ domain: 'number', bus: 'number', device: 'number', function: 'number' },
})

/** Where a value is to fit. */
export const ROOM: Shape = {
  expected: 'a width of 8, 16, 32 or 64, or bits',
  is: (value) => (WIDTHS as readonly unknown[]).includes(value) || BITS.is(value),
}

/** What a Set or an array is; a string has letters, which nobody means. */
export const STRINGS: Shape = {
  expected: 'an array or another iterable of strings',
  is: (value) => typeof value === 'object' && value !== null && Symbol.iterator in value,
}

/** An object whose members the function itself checks. */
export const OPTIONS = record('an object of options')
