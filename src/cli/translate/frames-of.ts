import { RequestError } from '../../errors.ts'
import { addressOfPlace } from '../../machine/address.ts'
import { formatPlace, parseOperandOrRange } from '../../place/index.ts'
import type { Place } from '../../place/schemes/index.ts'

/** Of one range. */
const MOST_PAGES = 65536

/**
 * The physical address of each page of a place or range. Throws RequestErrors for what is none, has
 * no physical address, or is too much for one question; RefusedErrors of virtual addresses.
 */
export async function addressesOf(text: string, pageSize: number, root: string): Promise<number[]> {
  const parsed = parseOperandOrRange(text)
  if (parsed.kind !== 'range') {
    if (parsed.bits !== undefined) {
      const message = `${text} names bits: leave them out, a page has one owner or none`
      throw new RequestError('EUSAGE', message, { input: text })
    }
    return [await physicalOf(parsed.place, root)]
  }
  const { place, length } = parsed
  const inPage = (place.scheme === 'pid' ? Number(place.virtual) : 0) + place.offset
  const pages = Math.ceil(((inPage % pageSize) + length) / pageSize)
  if (pages > MOST_PAGES) {
    const message = `${text} is ${pages} pages: at most ${MOST_PAGES} can be asked for at a time`
    throw new RequestError('ERANGE', message, { input: text })
  }
  const first = place.offset - (inPage % pageSize)
  const addresses: number[] = []
  for (let page = 0; page < pages; page++) {
    const offset = Math.max(place.offset, first + page * pageSize)
    addresses.push(await physicalOf({ ...place, offset }, root))
  }
  return addresses
}

async function physicalOf(place: Place, root: string): Promise<number> {
  const { space, address } = await addressOfPlace(place, { root })
  if (space === 'memory') return address
  const shown = formatPlace(place)
  throw new RequestError('ENOPLACE', `${shown} is an I/O port, which is in no page`, {
    input: shown,
  })
}
