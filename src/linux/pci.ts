import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { basename, join } from 'node:path'

/** One base address register of a PCI function. */
export interface Bar {
  number: number
  /** Physical address of a memory BAR; I/O port number of an I/O BAR. */
  start: number
  /** Length in bytes. */
  length: number
  kind: 'memory' | 'io'
  prefetchable: boolean
  /** Whether it has an address: what the firmware and the kernel had no room for has none. */
  assigned: boolean
}

// include/linux/ioport.h
const IORESOURCE_IO = 0x100
const IORESOURCE_MEM = 0x200
const IORESOURCE_PREFETCH = 0x2000
const IORESOURCE_UNSET = 0x20000000

/** Addresses, for example `0000:00:04.0`, of all PCI functions below `root`. */
export function listPci(root = '/'): string[] {
  try {
    return readdirSync(join(root, 'sys/bus/pci/devices')).sort()
  } catch {
    return []
  }
}

/** The sysfs folder of a PCI function. */
export function pciFolder(device: string, root = '/'): string {
  return join(root, 'sys/bus/pci/devices', device)
}

/**
 * Parses the sysfs file `resource` (Documentation/PCI/sysfs-pci.rst): `start end flags` a line, of
 * which the first six are the BARs. Absent BARs (all zeros) are left out, and what is no BAR.
 */
export function parseBars(text: string): Bar[] {
  const bars: Bar[] = []
  for (const [number, line] of text.split('\n').slice(0, 6).entries()) {
    const [start = 0, end = 0, flags = 0] = line.trim().split(/\s+/).map(Number)
    const length = end - start + 1
    if (!(flags & (IORESOURCE_IO | IORESOURCE_MEM))) continue
    if (!(start >= 0 && length > 0 && Number.isSafeInteger(end))) continue
    bars.push({
      number,
      start,
      length,
      kind: flags & IORESOURCE_IO ? 'io' : 'memory',
      prefetchable: (flags & IORESOURCE_PREFETCH) !== 0,
      assigned: (flags & IORESOURCE_UNSET) === 0,
    })
  }
  return bars
}

/** The BARs of a function; none where they cannot be read. */
export function readBars(device: string, root = '/'): Bar[] {
  try {
    return parseBars(readFileSync(join(pciFolder(device, root), 'resource'), 'utf8'))
  } catch {
    return []
  }
}

/** The name of the driver that is bound to a function, or `undefined`. */
export function pciDriver(device: string, root = '/'): string | undefined {
  try {
    return basename(readlinkSync(join(pciFolder(device, root), 'driver')))
  } catch {
    return undefined
  }
}

export function pciExists(device: string, root = '/'): boolean {
  return existsSync(pciFolder(device, root))
}
