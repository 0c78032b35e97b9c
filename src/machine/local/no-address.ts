import type { LocalSystem } from '../../linux/system.ts'
import type { FilePlace } from '../../place/schemes/file.ts'

/**
 * Of each machine, files that lie nowhere in physical memory: a batch reads and writes the same one a thousand times, and
 * telling what a path is takes longer than all else of such a line. It is as long known as the memories
 * of that machine are open, and until one of their paths is another file.
 */
const withoutAddress = new WeakMap<LocalSystem, Set<string>>()

/** Whether a file is known to lie nowhere in physical memory. */
export function hasNoAddress({ path }: FilePlace, system: LocalSystem): boolean {
  return withoutAddress.get(system)?.has(path) === true
}

/** Keeps that of a file. */
export function keepWithoutAddress({ path }: FilePlace, system: LocalSystem): void {
  withoutAddress.set(system, (withoutAddress.get(system) ?? new Set()).add(path))
}

/** Forgets what is known of them. */
export function forgetWithoutAddress(system: LocalSystem): void {
  withoutAddress.delete(system)
}
