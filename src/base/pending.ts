/** What is there, or comes later, as from a machine far away. */
export type Pending<T> = T | Promise<T>

/** Goes on with what comes, at once where it is there. */
export function after<T, U>(pending: Pending<T>, next: (value: T) => Pending<U>): Pending<U> {
  return pending instanceof Promise ? pending.then(next) : next(pending)
}

/** The same of an attempt; where it fails, now or later, `failed` has the error of it thrown. */
export function attempt<T>(
  work: () => Pending<T>,
  failed: (error: unknown) => Pending<never>,
): Pending<T> {
  try {
    const pending = work()
    return pending instanceof Promise ? pending.catch(failed) : pending
  } catch (error) {
    return failed(error)
  }
}
