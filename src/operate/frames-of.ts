import { RequestError } from '../base/errors.ts'
import type { PagedSystem } from '../linux/system.ts'
import { addressOfPlaceBy } from '../machine/local/address.ts'
import { parseOperandOrRange } from '../place/index.ts'
import { counted } from '../text/count.ts'
import { malformed } from '../text/refuse.ts'
import type { Asking } from '../translate/asking.ts'
import { ProcessTranslator, translateKernel } from '../translate/index.ts'
import { Pagemap } from '../translate/pagemap.ts'
import { checkUse } from './place-uses.ts'

/** Of one range. */
const MOST_PAGES = 65536

/** Bytes that follow each other in physical memory. */
interface Stretch {
  address: number
  length: number
}

/** Tells where the byte at an offset in a range is, and how many follow it there. */
type Locate = (offset: number) => Stretch

/**
 * A physical address in each page of a place or range. Throws RequestErrors for what is none, has
 * no physical address, or is too much for one question; RefusedErrors of virtual addresses.
 */
export async function addressesOf(text: string, asking: Asking): Promise<number[]> {
  const parsed = parseOperandOrRange(text)
  if (parsed.kind === 'open') {
    throw malformed(text, 'a range', 'it has no end, expected A..B or A..+LENGTH')
  }
  if (parsed.kind === 'operand' && parsed.bits !== undefined) {
    const message = `${text} names bits: leave them out, owners are those of whole pages`
    throw new RequestError('EUSAGE', message, { input: text })
  }
  const { place } = parsed
  checkUse(place, 'page')
  const length = parsed.kind === 'range' ? parsed.length : 1
  const { system } = asking
  const { pageSize } = system
  if (place.scheme === 'pid') {
    using translator = await asking.ask(() => new ProcessTranslator(place.pid, system))
    const base = place.virtual + BigInt(place.offset)
    const locate: Locate = (offset) => translator.translate(base + BigInt(offset))
    return await asking.ask(() => {
      if (system.isFetched) wantPages(place.pid, base, length, system)
      return pagesOf(text, length, pageSize, locate)
    })
  }
  if (place.scheme === 'kernel') {
    const { at, offset: first } = place
    return await asking.ask(() => {
      const symbol = typeof at === 'bigint' ? at : translateKernel(at, system).virtual
      const base = symbol + BigInt(first)
      return pagesOf(text, length, pageSize, (offset) =>
        translateKernel(base + BigInt(offset), system),
      )
    })
  }
  const { address } = await addressOfPlaceBy(asking, place)
  // What does not end inside of what it names is refused.
  if (length > 1) {
    await addressOfPlaceBy(asking, { ...place, offset: place.offset + length - 1 })
  }
  return pagesOf(text, length, pageSize, () => ({ address, length }))
}

/** Has the entries of all pages fetched together, rather than one after the other. */
function wantPages(pid: number, base: bigint, length: number, system: PagedSystem): void {
  using pagemap = new Pagemap(pid, system)
  const first = Number(base / BigInt(system.pageSize))
  const pages = Math.min(Math.ceil(length / system.pageSize) + 1, MOST_PAGES)
  for (const _ of pagemap.populated(first, first + pages)) return
}

function pagesOf(text: string, length: number, pageSize: number, locate: Locate): number[] {
  let { address, length: there } = locate(0)
  // Virtual and physical addresses lie alike in their pages.
  const pages = Math.ceil(((address % pageSize) + length) / pageSize)
  if (pages > MOST_PAGES) {
    const message = `${text} is ${counted(pages, 'page')}: at most ${MOST_PAGES} can be asked for at a time`
    throw new RequestError('ERANGE', message, { input: text })
  }
  const addresses: number[] = []
  for (let done = 0; ; ) {
    const end = address + Math.min(there, length - done)
    for (let at = address; at < end; at += pageSize - (at % pageSize)) addresses.push(at)
    done += there
    if (done >= length) return addresses
    ;({ address, length: there } = locate(done))
  }
}
