import { RequestError } from '../base/errors.ts'
import type { LocalSystem } from '../linux/system.ts'
import { addressOfPlace } from '../machine/local/address.ts'
import { parseOperandOrRange } from '../place/index.ts'
import { counted } from '../text/count.ts'
import { malformed } from '../text/refuse.ts'
import { ProcessTranslator, translateKernel } from '../translate/index.ts'
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
export async function addressesOf(
  text: string,
  pageSize: number,
  system: LocalSystem,
): Promise<number[]> {
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
  if (place.scheme === 'pid') {
    using translator = new ProcessTranslator(place.pid, system)
    const base = place.virtual + BigInt(place.offset)
    return pagesOf(text, length, pageSize, (offset) => translator.translate(base + BigInt(offset)))
  }
  if (place.scheme === 'kernel') {
    const { at, offset: first } = place
    const symbol = typeof at === 'bigint' ? at : translateKernel(at, system).virtual
    const base = symbol + BigInt(first)
    return pagesOf(text, length, pageSize, (offset) =>
      translateKernel(base + BigInt(offset), system),
    )
  }
  const { address } = await addressOfPlace(place, system)
  // What does not end inside of what it names is refused.
  if (length > 1) {
    await addressOfPlace({ ...place, offset: place.offset + length - 1 }, system)
  }
  return pagesOf(text, length, pageSize, () => ({ address, length }))
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
