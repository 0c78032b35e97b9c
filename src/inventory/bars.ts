import { listPci, pciDriver, readBars } from '../linux/pci.ts'
import type { System } from '../linux/system.ts'
import type { BarFact } from './region.ts'

/** A BAR that has an address. */
export interface KnownBar {
  space: 'memory' | 'ports'
  start: number
  last: number
  fact: BarFact
}

/** The BARs of all PCI functions. Their files are open to everybody. */
export function readKnownBars(system: System): KnownBar[] {
  return listPci(system.files).flatMap((device) => {
    const bars = readBars(device, system.files).filter(({ assigned }) => assigned)
    if (bars.length === 0) return []
    const driver = pciDriver(device, system.files)
    return bars.map(({ number, start, length, kind, prefetchable }) => ({
      space: kind === 'io' ? 'ports' : 'memory',
      start,
      last: start + length - 1,
      fact: {
        kind: 'bar',
        device,
        bar: number,
        prefetchable,
        ...(kind === 'io' ? { io: true } : {}),
        ...(driver === undefined ? {} : { driver }),
      },
    }))
  })
}
