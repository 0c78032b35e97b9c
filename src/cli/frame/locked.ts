import { after, type Pending } from '../../base/pending.ts'
import type { Place } from '../../place/schemes/index.ts'
import type { Context } from './context.ts'

type Locks = typeof import('../../device/page-locks.ts')

let loaded: Locks | undefined

/**
 * Runs `act`, a read-modify-write at these places, while no other physmem does one in their pages.
 */
export function locked<T>(
  context: Context,
  places: readonly Place[],
  act: () => Pending<T>,
): Pending<T> {
  const { settings, system, options } = context
  // Where there are no processes, or none is reached, there is nobody to lock out.
  if (places.length === 0 || !context.has('locks')) return act()
  const notify = (text: string) => {
    if (settings.verbose) context.complain(text)
  }
  const { locks: folder } = options
  return after(loaded ?? load(), ({ withPageLocks }) =>
    withPageLocks(places, { system, notify, ...(folder && { folder }) }, act),
  )
}

async function load(): Promise<Locks> {
  loaded = await import('../../device/page-locks.ts')
  return loaded
}
