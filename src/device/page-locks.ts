import { PhysmemError } from '../base/errors.ts'
import { after, inTurn, type Pending } from '../base/pending.ts'
import type { LocalSystem } from '../linux/system.ts'
import { addressOfPlaceBy } from '../machine/local/address.ts'
import { addressOfFile } from '../machine/local/file-address.ts'
import type { Machine } from '../machine/machine.ts'
import { formatPlace } from '../place/place.ts'
import type { FilePlace } from '../place/schemes/file.ts'
import type { Place } from '../place/schemes/index.ts'
import { type Asking, askHere } from '../translate/asking.ts'
import { type LockOptions, withFarLocks, withLocks } from './lock.ts'

/** The smallest page size: on larger pages an access may take two locks, which is harmless. */
const PAGE = 4096

/** Where the files of locks are on a machine far away. */
const FAR_FOLDER = '/run/lock'

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
    place.scheme === 'file' ? keysOfFile(place, system) : keysOf(place, askHere(system)),
  )
  return after(found, (keys) => {
    if (keys.every((some) => some.length === 0)) return act()
    const uid = process.getuid?.() ?? 0
    const options = { folder: folder ?? system.at('/run/lock'), uid, ...(notify && { notify }) }
    return withLocks(keys.flat(), options, act)
  })
}

/** What is asked of a machine whose agent takes locks. */
type LockingMachine = Pick<Required<Machine>, 'asking' | 'locks'>

/** Whether a machine is one of these. */
export function takesLocks(
  machine: { [Member in keyof LockingMachine]?: LockingMachine[Member] | undefined },
): machine is LockingMachine {
  return machine.asking !== undefined && machine.locks !== undefined
}

/**
 * The same of places on a machine far away, against every physmem there and what others have started
 * there; files are of this machine.
 */
export async function withFarPageLocks<T>(
  places: readonly Place[],
  machine: LockingMachine,
  options: PageLockOptions,
  act: () => Pending<T>,
): Promise<T> {
  const { notify } = options
  const keys: string[] = []
  const there = places.filter((place) => place.scheme !== 'file')
  if (there.length > 0) {
    const asking = machine.asking()
    try {
      for (const place of there) keys.push(...(await keysOf(place, asking)))
    } finally {
      await asking.close()
    }
  }
  const lockThere = (): Pending<T> => {
    if (keys.length === 0) return act()
    const how = { folder: FAR_FOLDER, ...(notify && { notify }) }
    return withFarLocks(keys, how, machine.locks(), async () => act())
  }
  const files = places.filter(({ scheme }) => scheme === 'file')
  return await withPageLocks(files, options, lockThere)
}

function keysOfFile(place: FilePlace, system: LocalSystem): string[] {
  const address = addressOfFile(place, system)
  return address === undefined ? [] : [pageOf(address).toString(16)]
}

async function keysOf(place: Exclude<Place, FilePlace>, asking: Asking): Promise<string[]> {
  try {
    const { space, address } = await addressOfPlaceBy(asking, place)
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
