import { hasPorts } from '../linux/cpu.ts'
import { addressesHidden, readIoports, resourceTree } from '../linux/iomem.ts'
import type { System } from '../linux/system.ts'
import { type KnownBar, readKnownBars } from './bars.ts'
import { readIoWindows } from './device-tree.ts'
import { ioBarsInMemory, portWindows } from './io-windows.ts'
import type { BarFact } from './region.ts'
import { treeOf } from './tree.ts'

/**
 * The BAR at a physical address or a port, the innermost where one lies in another; on a CPU without
 * I/O ports also the I/O BAR that is memory there. Nothing is accessed.
 */
export async function barAt(
  address: number,
  space: 'memory' | 'ports',
  system: System,
): Promise<BarFact | undefined> {
  const bars = readKnownBars(system)
  const holds = (bar: KnownBar) =>
    bar.space === space && bar.start <= address && address <= bar.last
  const found = bars.filter(holds).toSorted((a, b) => a.last - a.start - (b.last - b.start))
  if (found[0] !== undefined || space === 'ports') return found[0]?.fact
  const ports = bars.filter((bar) => bar.space === 'ports')
  return (await ioBarsAsMemory(ports, system)).find(holds)?.fact
}

async function ioBarsAsMemory(bars: readonly KnownBar[], system: System): Promise<KnownBar[]> {
  if (bars.length === 0 || hasPorts(system.files, system.cpu)) return []
  const listed = readIoports(system.files)
  const ports = treeOf(addressesHidden(listed) ? [] : resourceTree(listed), 'ioports')
  return ioBarsInMemory(bars, portWindows(ports, await readIoWindows(system)))
}
