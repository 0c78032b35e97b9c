/** What the published functions of this room take, as far as it is neither text nor number. */
import { WIDTHS } from '../base/width.ts'
import type { Bits } from '../text/bits.ts'
import { optional, record, type Shape, shape } from '../text/options.ts'
import type { Assignment } from './assignment.ts'
import type { Operand } from './operand.ts'
import type { Range } from './range.ts'
import { type Place, schemes } from './schemes/index.ts'
import type { PciPlace } from './schemes/pci.ts'
import type { Literal } from './value.ts'

const NUMBERS = shape<Bits>('bits', { high: 'number', low: 'number' })

/** Whole numbers from 0 to 63, the highest first. */
export const BITS: Shape = {
  expected: 'bits such as { high: 7, low: 4 }',
  is: (value) => hasBits(value) && wrongBits(value) === undefined,
  wrong: (value) => (hasBits(value) ? wrongBits(value) : undefined),
}

function hasBits(value: unknown): value is Bits {
  return NUMBERS.is(value)
}

function wrongBits({ high, low }: Bits): string | undefined {
  for (const bit of [high, low]) {
    if (!Number.isInteger(bit)) return `${bit} is no bit: expected a whole number from 0 to 63`
    if (bit < 0 || bit > 63) return `bit ${bit} does not exist: bits are numbered from 0 to 63`
  }
  if (low <= high) return undefined
  return `{ high: ${high}, low: ${low} } is reversed: high is the upper bit`
}

export const PLACE = shape<Place>('a place, as parsePlace gives it', {
  ...{ scheme: schemes.map(({ name }) => name), offset: 'number' },
})

export const OPERAND = shape<Omit<Operand & Range, 'kind'>>(
  'what the matching parse function gives',
  { place: PLACE, bits: optional(BITS), length: optional('number') },
)

export const LITERAL = shape<Literal>('a literal such as { value: 1n }', { value: 'bigint' })

export const ASSIGNMENT = shape<Assignment>('what the matching parse function gives', {
  place: PLACE,
  bits: optional(BITS),
  value: 'bigint',
})

export const PCI = shape<PciPlace>('a place of a PCI function', {
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
