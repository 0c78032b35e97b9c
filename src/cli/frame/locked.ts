import { isRemote } from '../../machine/facilities.ts'
import type { Place } from '../../place/schemes/index.ts'
import type { Context } from './context.ts'

/**
 * Runs `act`, a read-modify-write at these places, while no other physmem does one in their pages.
 */
export async function locked<T>(
  context: Context,
  places: readonly Place[],
  act: () => Promise<T>,
): Promise<T> {
  const { settings, system, options } = context
  // Where there are no processes, or none is reached, there is nobody to lock out.
  if (places.length === 0 || !context.has('locks')) return act()
  const { takesLocks, withFarPageLocks, withPageLocks } = await import('../../device/page-locks.ts')
  const notify = (text: string) => {
    if (settings.verbose) context.complain(text)
  }
  const { locks: folder } = options
  const how = { system, notify, ...(folder && { folder }) }
  if (!isRemote(settings.target)) return withPageLocks(places, how, act)
  const machine = await context.remoteMachine()
  if (!takesLocks(machine)) throw new Error('a machine far away takes no locks')
  return withFarPageLocks(places, machine, how, act)
}
