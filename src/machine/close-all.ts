/** What can be closed. */
export interface Closable {
  close(): void | Promise<void>
}

/**
 * Closes all, one after the other, also those after one that fails; rejects with the first error.
 */
export async function closeAll(all: Iterable<Closable>): Promise<void> {
  const errors: unknown[] = []
  for (const one of all) {
    try {
      await one.close()
    } catch (error) {
      errors.push(error)
    }
  }
  if (errors.length > 0) throw errors[0]
}
