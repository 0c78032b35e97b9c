import type { Mode } from '../../../engine/source.ts'
import type { LocalSystem } from '../../../linux/system.ts'
import type { PhysicalPlace } from '../../../place/schemes/index.ts'
import { formatHex } from '../../../text/number.ts'
import { openPhysical } from '../../../ways/physical.ts'
import type { Choice } from '../../../ways/route/choice.ts'
import type { Found, Notify, Opened, Surroundings } from '../../found.ts'
import { physicalStretch } from './stretch.ts'

/** The physical memory of this machine. */
export function openThePhysical(mode: Mode, system: LocalSystem, notify: Notify): Opened {
  return { memory: openPhysical(mode, system, (choice) => notify(describeChoice(choice))) }
}

/** A choice in words. */
export function describeChoice({ address, way, reason }: Choice): string {
  return `${formatHex(address, 32)} by ${way}${reason === '' ? '' : `: ${reason}`}`
}

export async function findPhysical(
  place: PhysicalPlace,
  length: number,
  { mode, system, notify }: Surroundings,
): Promise<Found> {
  const stretch = await physicalStretch(place, length, system.now())
  return { key: 'physical', ...stretch, open: async () => openThePhysical(mode, system, notify) }
}
