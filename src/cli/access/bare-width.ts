import { RequestError } from '../../errors.ts'

/**
 * Refuses a bare 8, 16, 32 or 64 behind a place: `devmem ADDRESS WIDTH` is a habit, and an access to
 * address 64 is nothing that anybody meant by it. As an address it is written `0x40`.
 */
export function refuseBareWidths(places: readonly string[]): void {
  const width = places.slice(1).find((text) => /^(?:8|16|32|64)$/.test(text))
  if (width === undefined) return
  const address = `0x${Number(width).toString(16)}`
  throw new RequestError(
    'EUSAGE',
    `${width} behind a place: did you mean --width ${width}? As an address, write ${address}`,
    { input: width },
  )
}
