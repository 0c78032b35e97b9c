import { filesAt } from '../linux/files-at.ts'
import { listPci, pciDriver, readBars } from '../linux/pci.ts'
import type { BarFact } from './region.ts'

/** A BAR that has an address. */
export interface KnownBar {
  space: 'memory' | 'ports'
  start: number
  end: number
  fact: BarFact
}

/** The BARs of all PCI functions. Their files are open to everybody. */
export function readKnownBars(root: string): KnownBar[] {
  return listPci(filesAt(root)).flatMap((device) => {
    const bars = readBars(device, filesAt(root)).filter(({ assigned }) => assigned)
    if (bars.length === 0) return []
    const driver = pciDriver(device, filesAt(root))
    return bars.map(({ number, start, length, kind, prefetchable }) => ({
      space: kind === 'io' ? 'ports' : 'memory',
      start,
      end: start + length - 1,
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
