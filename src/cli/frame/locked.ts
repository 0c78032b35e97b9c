import { after, type Pending } from '../../base/pending.ts'
import { isRemote } from '../../machine/facilities.ts'
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
  const how = { system, notify, ...(folder && { folder }) }
  return after(loaded ?? load(), (device) =>
    isRemote(settings.target)
      ? lockedThere(context, device, places, how, act)
      : device.withPageLocks(places, how, act),
  )
}

async function lockedThere<T>(
  context: Context,
  { takesLocks, withFarPageLocks }: Locks,
  places: readonly Place[],
  how: Parameters<Locks['withPageLocks']>[1],
  act: () => Pending<T>,
): Promise<T> {
  const machine = await context.remoteMachine()
  if (!takesLocks(machine)) throw new Error('a machine far away takes no locks')
  return await withFarPageLocks(places, machine, how, act)
}

async function load(): Promise<Locks> {
  loaded = await import('../../device/page-locks.ts')
  return loaded
}
