import { type Asking, askHere } from '../../../translate/asking.ts'
import type { Context } from '../../frame/context.ts'

/** Asks about the page tables of the target's machine. */
export async function withAsking<T>(
  context: Context,
  act: (asking: Asking) => Promise<T>,
): Promise<T> {
  const asking = (await context.remoteAsking()) ?? askHere(context.system)
  return await act(asking).finally(() => asking.close())
}
