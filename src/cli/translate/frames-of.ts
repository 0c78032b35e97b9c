import { RequestError } from '../../errors.ts'
import { checkPhysical } from '../../machine/bounds.ts'
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
    return [await addressOf(parsed.place, root)]
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
    addresses.push(await addressOf({ ...place, offset }, root))
  }
  return addresses
}

async function addressOf(place: Place, root: string): Promise<number> {
  switch (place.scheme) {
    case 'address':
      checkPhysical(place.offset, 1, root)
      return place.offset
    case 'pid': {
      const { ProcessTranslator } = await import('../../translate/process-translator.ts')
      using translator = new ProcessTranslator(place.pid, root)
      return translator.translate(place.virtual + BigInt(place.offset)).address
    }
    case 'kernel': {
      const { translateKernel } = await import('../../translate/kernel.ts')
      return translateKernel(place.at, root).address + place.offset
    }
    case 'iomem':
    case 'dt':
    case 'dtb': {
      const { physicalStretch } = await import('../../machine/resolve/physical.ts')
      return (await physicalStretch(place, 1, root)).address
    }
    default: {
      const { addressOf: addressIn, readInventory } = await import('../../inventory/index.ts')
      const address = addressIn(await readInventory(root), place)
      if (address !== undefined) return address
    }
  }
  const shown = formatPlace(place)
  throw new RequestError('ENOPLACE', `${shown} has no physical address that is known`, {
    input: shown,
  })
}
