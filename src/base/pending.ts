/** What is there, or comes later, as from a machine far away. */
export type Pending<T> = T | Promise<T>

/** Goes on with what comes, at once where it is there. */
export function after<T, U>(pending: Pending<T>, next: (value: T) => Pending<U>): Pending<U> {
  return pending instanceof Promise ? pending.then(next) : next(pending)
}

/** The same of an attempt; where it fails, now or later, what `failed` makes of the error takes its place. */
export function attempt<T, U = never>(
  work: () => Pending<T>,
  failed: (error: unknown) => Pending<U>,
): Pending<T | U> {
  try {
    const pending = work()
    return pending instanceof Promise ? pending.catch(failed) : pending
  } catch (error) {
    return failed(error)
  }
}

/** An attempt, after which `end` is done, however it ended. */
export function lastly<T>(work: () => Pending<T>, end: () => Pending<void>): Pending<T> {
  let pending: Pending<T>
  try {
    pending = work()
  } catch (error) {
    return after(end(), () => {
      throw error
    })
  }
  return pending instanceof Promise ? pending.finally(end) : after(end(), () => pending)
}

/** What `work` makes of each, one after the other. */
export function inTurn<T, U>(
  items: readonly T[],
  work: (item: T, index: number) => Pending<U>,
): Pending<U[]> {
  const results: U[] = []
  for (let index = 0; index < items.length; index++) {
    const pending = work(items[index] as T, index)
    if (pending instanceof Promise) return restInTurn(results, pending, items, work)
    results.push(pending)
  }
  return results
}

async function restInTurn<T, U>(
  results: U[],
  pending: Promise<U>,
  items: readonly T[],
  work: (item: T, index: number) => Pending<U>,
): Promise<U[]> {
  results.push(await pending)
  for (const item of items.slice(results.length)) results.push(await work(item, results.length))
  return results
}
