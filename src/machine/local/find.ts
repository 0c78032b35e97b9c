import type { Pending } from '../../base/pending.ts'
import type { Place } from '../../place/schemes/index.ts'
import type { Found, Surroundings } from '../found.ts'
import { findMapped, isMapped, type MappedPlace } from './resolve/mapped.ts'
import { findPhysical } from './resolve/physical.ts'

/**
 * Where a place with `bytes` bytes is on this machine. The table of kinds of place: what the rarer
 * ones need is loaded only for them. Throws, or rejects, when the place does not exist, or has not so
 * many bytes.
 */
export function find(place: Place, length: number, surroundings: Surroundings): Pending<Found> {
  return isMapped(place) ? findMapped(place, surroundings) : findOther(place, length, surroundings)
}

async function findOther(
  place: Exclude<Place, MappedPlace>,
  length: number,
  surroundings: Surroundings,
): Promise<Found> {
  switch (place.scheme) {
    case 'address':
    case 'iomem':
    case 'dt':
    case 'dtb':
      return findPhysical(place, length, surroundings)
    case 'pid':
      return (await import('./resolve/process.ts')).findInProcess(place, length, surroundings)
    case 'kernel':
      return (await import('./resolve/kernel.ts')).findInKernel(place, length, surroundings)
    case 'port':
      return (await import('./resolve/port.ts')).findPort(place, surroundings)
    case 'msr':
      return (await import('./resolve/msr.ts')).findMsr(place, surroundings)
    case 'regmap':
      return (await import('./resolve/regmap.ts')).findInRegmap(place, surroundings)
    case 'i2c':
      return (await import('./resolve/i2c.ts')).findI2c(place, surroundings)
    case 'pci':
      return (await import('./resolve/pci-config.ts')).findPciConfig(place, surroundings)
  }
}
