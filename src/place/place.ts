import { malformed, quote } from '../text/refuse.ts'
import { suggesting } from '../text/suggest.ts'
import { dissect } from './dissect.ts'
import { type Place, rowOf } from './schemes/index.ts'

/**
 * One place: an address (`0xfed00000`, or a sum) or `SCHEME:…`. Throws ESYNTAX, ERANGE or ESCHEME;
 * bits and ranges are refused too.
 */
export function parsePlace(text: string): Place {
  return suggesting(text, readPlace, () => readPlace(text))
}

function readPlace(text: string): Place {
  const { place, bits, end, suffix } = dissect(text)
  if (bits !== undefined) {
    throw malformed(text, 'a place', `no bits are taken here, leave out ${quote(suffix)}`)
  }
  if (end !== undefined) {
    throw malformed(text, 'a place', `no range is taken here, leave out ${quote(suffix)}`)
  }
  return place
}

/** The canonical text of a place: it parses to an equal place. */
export function formatPlace(place: Place): string {
  const scheme = rowOf(place)
  if (scheme === undefined) throw new TypeError(`no scheme ${place.scheme}`)
  const body = scheme.format(place as never)
  return scheme.claims === undefined ? `${scheme.name}:${body}` : body
}
