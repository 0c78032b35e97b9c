/** Which stretches a window can have: known before anything is opened. */
import { RequestError } from '../../base/errors.ts'
import { ADDRESS_LIMIT } from '../../base/limits.ts'
import { checkInside } from '../../memory/bounds.ts'
import { hex } from '../../memory/value.ts'
import { counted } from '../../text/count.ts'
import type { MapSource } from '../source.ts'

/** Bytes that a window is of. */
interface Span {
  address: number
  length: number
}

/** Offsets in the mapping are 32-bit unsigned numbers on both paths. */
export const MAX_BYTES = 2 ** 32

/**
 * Throws ERANGE for a stretch that no window can have. `address` counts from what was named, and what
 * lies before that nobody asked for; without a length the window ends where that does.
 */
export function checkWindow(
  { address = 0, length }: { address?: number; length?: number | undefined },
  where = '',
): void {
  for (const [number, what] of [[address, 'an address'] as const, [length, 'a length'] as const]) {
    if (number === undefined || Number.isInteger(number)) continue
    const message = `${number} is not ${what}: expected a whole number`
    throw new RequestError('ERANGE', `a window${where}: ${message}`, { address })
  }
  const most = MAX_BYTES - 65536
  if (length !== undefined && (length < 1 || length > most)) {
    const message = `a window of ${counted(length, 'byte')}${where}: expected 1 to ${most}`
    throw new RequestError('ERANGE', message, { address, length })
  }
  if (address >= 0 && Number.isSafeInteger(address)) return
  const expected = `expected an address from 0x0 to ${hex(ADDRESS_LIMIT - 1)}`
  const message = `a window at ${hex(address)}${where}: ${expected}`
  throw new RequestError('ERANGE', message, {
    address,
    ...(length === undefined ? {} : { length }),
  })
}

/** Throws ERANGE for a stretch that no window can have, or that the source does not have. */
export function checkStretch(
  source: Pick<MapSource, 'name' | 'length'>,
  { address, length }: Span,
): void {
  checkWindow({ address, length }, ` (${source.name})`)
  checkInside(address, address + length, source.name, source.length, { length })
}
