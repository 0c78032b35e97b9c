import type { Pending } from '../../base/pending.ts'
import { isInMemory, isPhysical, type Place } from '../../place/schemes/index.ts'
import type { Found, Surroundings } from '../found.ts'
import { findMapped, isMapped, type MappedPlace } from './resolve/mapped.ts'
import { findPhysical } from './resolve/physical.ts'

/**
 * Where a place with `bytes` bytes is on this machine. Most schemes say it themselves; the table has
 * the other kinds, and what those need is loaded only for them. Throws, or rejects, when the place does
 * not exist, or has not so many bytes.
 */
export function find(place: Place, length: number, surroundings: Surroundings): Pending<Found> {
  return isMapped(place) ? findMapped(place, surroundings) : findOther(place, length, surroundings)
}

async function findOther(
  place: Exclude<Place, MappedPlace>,
  length: number,
  surroundings: Surroundings,
): Promise<Found> {
  if (isPhysical(place)) return findPhysical(place, length, surroundings)
  if (isInMemory(place)) {
    return (await import('./resolve/in-memory.ts')).findInMemory(place, surroundings)
  }
  switch (place.scheme) {
    case 'pid':
      return (await import('./resolve/process.ts')).findInProcess(place, length, surroundings)
    case 'kernel':
      return (await import('./resolve/kernel.ts')).findInKernel(place, length, surroundings)
    case 'i2c':
      return (await import('./resolve/i2c.ts')).findI2c(place, surroundings)
    case 'pci':
      return (await import('./resolve/pci-config.ts')).findPciConfig(place, surroundings)
  }
}
