import { type Bits, formatBits } from '../text/bits.ts'
import { malformed, quote } from '../text/refuse.ts'
import { suggesting } from '../text/suggest.ts'
import { dissect } from './dissect.ts'
import { formatPlace } from './place.ts'
import type { Place } from './schemes/index.ts'

/** A place, and bits of what stands there: what `read`, `wait` and `watch` take. */
export interface Operand {
  kind: 'operand'
  place: Place
  /** Absent: all bits of the access. Whether they exist is for `checkBits`. */
  bits?: Bits
}

/** `PLACE`, `PLACE:5` or `PLACE:7:4`. Throws ESYNTAX, ERANGE or ESCHEME; ranges are refused too. */
export function parseOperand(text: string): Operand {
  return suggesting(text, readOperand, () => readOperand(text))
}

function readOperand(text: string): Operand {
  const { place, bits, end, suffix } = dissect(text)
  if (end !== undefined) {
    const why = `no range is taken here, leave out ${quote(suffix)}`
    throw malformed(text, 'one place', why)
  }
  return toOperand(place, bits)
}

export function toOperand(place: Place, bits: Bits | undefined): Operand {
  return { kind: 'operand', place, ...(bits === undefined ? {} : { bits }) }
}

/** The canonical text: it parses to an equal operand. */
export function formatOperand({ place, bits }: Pick<Operand, 'place' | 'bits'>): string {
  return bits === undefined ? formatPlace(place) : `${formatPlace(place)}:${formatBits(bits)}`
}
