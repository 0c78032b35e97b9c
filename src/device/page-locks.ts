import { PhysmemError } from '../base/errors.ts'
import { after, inTurn, type Pending } from '../base/pending.ts'
import type { LocalSystem } from '../linux/system.ts'
import { addressOfPlace } from '../machine/local/address.ts'
import { addressOfFile } from '../machine/local/file-address.ts'
import { formatPlace } from '../place/place.ts'
import type { FilePlace } from '../place/schemes/file.ts'
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
export function withPageLocks<T>(
  places: readonly Place[],
  { system, folder, notify }: PageLockOptions,
  act: () => Pending<T>,
): Pending<T> {
  const found = inTurn(places, (place) =>
    place.scheme === 'file' ? keysOfFile(place, system) : keysOf(place, system),
  )
  return after(found, (keys) => {
    if (keys.every((some) => some.length === 0)) return act()
    const uid = process.getuid?.() ?? 0
    const options = { folder: folder ?? system.at('/run/lock'), uid, ...(notify && { notify }) }
    return withLocks(keys.flat(), options, act)
  })
}

function keysOfFile(place: FilePlace, system: LocalSystem): string[] {
  const address = addressOfFile(place, system)
  return address === undefined ? [] : [pageOf(address).toString(16)]
}

async function keysOf(place: Exclude<Place, FilePlace>, system: LocalSystem): Promise<string[]> {
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
