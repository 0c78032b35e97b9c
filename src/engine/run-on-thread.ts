import { errnoName } from '../base/errno.ts'
import { refusalError } from '../refusal/error.ts'
import { explainNoThread } from '../refusal/thread.ts'
import type { Addon } from './addon.ts'

/** Runs under way, of all memories of this thread. */
let running = 0
let stop = (): void => {}

/**
 * Stops all runs under way, and returns when they have ended: nothing is reported of them. For the
 * end of the process, before what they access is put back.
 */
export function stopRuns(): void {
  if (running > 0) stop()
}

/**
 * Does work of a memory named `name` on a thread of the engine, which `begin` gives it; resolves when
 * it has ended. Rejects with EREFUSED, and nothing done, when the system gives no thread. What still
 * runs when the process exits is stopped first of all.
 */
export async function runOnThread(
  addon: Addon,
  name: string,
  begin: (done: () => void) => void,
): Promise<void> {
  stop = addon.stopRuns
  if (running++ === 0) process.prependListener('exit', stopRuns)
  try {
    await new Promise<void>(begin)
  } catch (cause) {
    throw noThread(name, cause)
  } finally {
    if (--running === 0) process.off('exit', stopRuns)
  }
}

/** For a run that may come to wait: throws what `runOnThread` would reject with, before it begins. */
export function reserveThread(addon: Addon, name: string): void {
  try {
    addon.reserveThread()
  } catch (cause) {
    throw noThread(name, cause)
  }
}

function noThread(name: string, cause: unknown) {
  const errno = errnoName((cause as { errno?: number }).errno ?? 0)
  const refusal = explainNoThread(errno)
  return refusalError(`${name} cannot run this program`, refusal, { errno }, { cause })
}
