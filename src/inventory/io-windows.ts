import type { IoWindow } from '../linux/device-tree/index.ts'
import type { KnownBar } from './bars.ts'
import { lengthOf, type Region } from './region.ts'
import type { Claim } from './tree.ts'

/** Ports that are memory: those of a window of a host bridge, on a CPU without I/O ports. */
export interface PortWindow {
  /** The first port, as /proc/ioports has it, and how many there are. */
  port: number
  count: number
  /** The physical address of the first. */
  address: number
  /** The name of the host bridge. */
  name: string
}

/**
 * Where the ports of /proc/ioports are in memory. The kernel counts ports through all bridges, and
 * names each window for its bridge (lib/logic_pio.c; drivers/pci/of.c,
 * devm_of_pci_get_host_bridge_resources): what is named alike and as large is the same window.
 */
export function portWindows(ports: readonly Region[], windows: readonly IoWindow[]): PortWindow[] {
  return ports.flatMap((region) => {
    const isSame = ({ node, length }: IoWindow) =>
      node.name === region.name && length === lengthOf(region)
    const [only, ...others] = windows.filter(isSame)
    const twins = ports.filter(({ name }) => name === region.name)
    // Of several that look the same, nobody says which is which.
    if (only === undefined || others.length > 0 || twins.length > 1) return []
    const { name, start: port } = region
    return [{ port, count: only.length, address: only.address, name }]
  })
}

/** The physical address of a port. */
export function addressOfPort(windows: readonly PortWindow[], port: number): number | undefined {
  const window = windows.find((one) => one.port <= port && port < one.port + one.count)
  return window && window.address + (port - window.port)
}

/** The I/O BARs of which it is known, as memory. */
export function ioBarsInMemory(bars: readonly KnownBar[], windows: readonly PortWindow[]) {
  return bars.flatMap(({ start: port, last, fact }): KnownBar[] => {
    const start = addressOfPort(windows, port)
    if (start === undefined || addressOfPort(windows, last) !== start + last - port) return []
    return [{ space: 'memory', start, last: start + last - port, fact }]
  })
}

/** The windows themselves. */
export function windowClaims(windows: readonly PortWindow[]): Claim[] {
  return windows.map(({ address, count, name }) => ({
    ...{ start: address, last: address + count - 1, name, source: 'device-tree', facts: [] },
  }))
}
