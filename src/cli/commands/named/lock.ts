import { withPageLocks } from '../../../device/page-locks.ts'
import type { SettledRegister } from '../../../device/register.ts'
import type { Store } from '../../../device/store.ts'
import { parseTarget } from '../../../place/target.ts'
import type { Context } from '../../frame/context.ts'

/** Runs `act` while no other physmem changes a register in the pages of what is read to be changed. */
export async function locked<T>(
  context: Context,
  stores: readonly Store<SettledRegister>[],
  act: () => Promise<T>,
): Promise<T> {
  if (parseTarget(context.settings.target).kind !== 'local') return act()
  const places = stores.flatMap(({ isUpdate, register }) => (isUpdate ? [register.place] : []))
  const notify = (text: string) => {
    if (context.settings.verbose) context.complain(text)
  }
  return withPageLocks(places, { system: context.system, notify }, act)
}
