import { filesAt } from '../../linux/files-at.ts'
import { identityAt } from '../../linux/identity.ts'
import type { LocalSystem } from '../../linux/system.ts'
import type { FilePlace } from '../../place/schemes/file.ts'

/**
 * Of each machine, files that lie nowhere in physical memory: a batch reads and writes the same one a thousand times, and
 * telling what a path is takes longer than all else of such a line. It is as long known as the memories
 * of that machine are open.
 */
const withoutAddress = new WeakMap<LocalSystem, Set<string>>()

/** The file that is at a path now, which may be another one later; `undefined` where none is. */
export function fileNow({ path }: FilePlace): string | undefined {
  const identity = identityAt(path, filesAt())
  return identity && `${identity} ${path}`
}

/** Whether a file is known to lie nowhere in physical memory. */
export function hasNoAddress(file: string | undefined, system: LocalSystem): boolean {
  return file !== undefined && withoutAddress.get(system)?.has(file) === true
}

/** Keeps that of a file. */
export function keepWithoutAddress(file: string, system: LocalSystem): void {
  withoutAddress.set(system, (withoutAddress.get(system) ?? new Set()).add(file))
}

/** Forgets what is known of them. */
export function forgetWithoutAddress(system: LocalSystem): void {
  withoutAddress.delete(system)
}
