import { PhysmemError } from '../../../base/errors.ts'
import { withLocks } from '../../../device/lock.ts'
import type { Store } from '../../../device/store.ts'
import { addressOfPlace } from '../../../machine/local/address.ts'
import { formatPlace } from '../../../place/place.ts'
import type { Place } from '../../../place/schemes/index.ts'
import { parseTarget } from '../../../place/target.ts'
import type { Context } from '../../frame/context.ts'

/** The smallest page that there is: a lock of two is no harm. */
const PAGE = 4096

/** Runs `act` while no other physmem changes a register in the pages of what is read to be changed. */
export async function locked<T>(
  context: Context,
  stores: readonly Store[],
  act: () => Promise<T>,
): Promise<T> {
  if (parseTarget(context.settings.target).kind !== 'local') return act()
  const keys: string[] = []
  for (const { isUpdate, register } of stores) {
    if (isUpdate && register.place.scheme !== 'file')
      keys.push(await keyOf(register.place, context))
  }
  if (keys.length === 0) return act()
  const notify = (text: string) => {
    if (context.settings.verbose) context.complain(text)
  }
  return withLocks(keys, { uid: process.getuid?.() ?? 0, notify }, act)
}

async function keyOf(place: Place, { root }: Context): Promise<string> {
  try {
    const { space, address } = await addressOfPlace(place, { root })
    const page = Math.floor(address / PAGE) * PAGE
    return space === 'memory' ? page.toString(16) : `port-${page.toString(16)}`
  } catch (error) {
    if (!(error instanceof PhysmemError)) throw error
    // Nobody tells where it is: then by its name.
    return formatPlace({ ...place, offset: Math.floor(place.offset / PAGE) * PAGE })
  }
}
