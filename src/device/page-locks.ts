import { PhysmemError } from '../base/errors.ts'
import type { LocalSystem } from '../linux/system.ts'
import { addressOfPlace } from '../machine/local/address.ts'
import { formatPlace } from '../place/place.ts'
import type { Place } from '../place/schemes/index.ts'
import { type LockOptions, withLocks } from './lock.ts'

/** The smallest page size: on larger pages an access may take two locks, which is harmless. */
const PAGE = 4096

export interface PageLockOptions extends Pick<LockOptions, 'notify'> {
  /** The machine whose pages they are. */
  system: LocalSystem
  /** The folder of the lock files. Default: its /run/lock. */
  folder?: string
}

/**
 * Runs `act` while no other physmem does a read-modify-write in the pages of these places of this
 * machine. A regular file has no address, and no lock.
 */
export async function withPageLocks<T>(
  places: readonly Place[],
  { system, folder = system.at('/run/lock'), notify }: PageLockOptions,
  act: () => Promise<T>,
): Promise<T> {
  const keys: string[] = []
  for (const place of places) keys.push(...(await keysOf(place, system)))
  if (keys.length === 0) return act()
  const uid = process.getuid?.() ?? 0
  return withLocks(keys, { folder, uid, ...(notify && { notify }) }, act)
}

async function keysOf(place: Place, system: LocalSystem): Promise<string[]> {
  if (place.scheme === 'file') {
    const { addressOfFile } = await import('../machine/local/file-address.ts')
    const address = addressOfFile(place, system)
    return address === undefined ? [] : [pageOf(address).toString(16)]
  }
  try {
    const { space, address } = await addressOfPlace(place, system)
    const page = pageOf(address).toString(16)
    return [space === 'memory' ? page : `port-${page}`]
  } catch (error) {
    if (!(error instanceof PhysmemError)) throw error
    // Its address is unknown: lock it by its name.
    return [formatPlace({ ...place, offset: pageOf(place.offset) })]
  }
}

/** Where the page begins that has this address. */
function pageOf(address: number): number {
  return Math.floor(address / PAGE) * PAGE
}
