import { formatAddress } from '../../../text/number.ts'

/** The canonical text of a place as people read it: a plain address has at least eight digits. */
export function shownPlace(place: string): string {
  return /^0x[0-9a-f]+$/.test(place) ? formatAddress(BigInt(place)) : place
}
