import { join } from 'node:path'
import { type ShellLine, shell } from '../base/cure.ts'
import type { Resource } from '../linux/iomem.ts'
import { linkName, listFolder } from '../linux/read.ts'
import type { System } from '../linux/system.ts'

/** A device and the driver that is bound to it. */
export interface Claimant {
  bus: string
  device: string
  driver: string
}

/**
 * The driver that claims a region. Regions carry the name of their driver, and lie inside one that
 * is named for the device, or the name of the device itself (`3f215040.serial`). `known` is what
 * /proc/iomem has at an address, outermost first. `undefined` for what is claimed by no driver.
 */
export function claimantOf(known: readonly Resource[], system: System): Claimant | undefined {
  for (const { name, start } of known.toReversed()) {
    // Platform drivers add the name of a resource: `9000000.pl011 pl011@9000000`.
    const names = [name, name.split(' ')[0] ?? name]
    // drivers/of/device.c, of_device_make_bus_id(): the node pl031@9010000 is 9010000.pl031.
    const node = /^([^@]+)@[0-9a-f]/.exec(name)?.[1]
    if (node !== undefined) names.push(`${start.toString(16)}.${node}`)
    for (const device of new Set(names)) {
      const claimant = boundDevice(device, system)
      if (claimant) return claimant
    }
  }
  return undefined
}

function boundDevice(device: string, system: System): Claimant | undefined {
  if (!/^[\w.:@,-]+$/.test(device) || /^\.+$/.test(device)) return undefined
  for (const bus of listFolder(system.files, '/sys/bus')) {
    const driver = linkName(system.files, join('/sys/bus', bus, 'devices', device, 'driver'))
    if (driver !== undefined) return { bus, device, driver }
  }
  return undefined
}

/** What releases the region, as a shell does it. */
export function unbindCommand({ bus, device, driver }: Claimant): ShellLine {
  return shell(`echo ${device} > /sys/bus/${bus}/drivers/${driver}/unbind`)
}

/** What the device may be bound to instead, which lets programs map it. */
export function bindOtherwise({ bus, device }: Claimant): string {
  const drivers = bus === 'pci' ? 'vfio-pci or a UIO driver (uio_pci_generic)' : 'a UIO driver'
  return `bind ${device} to ${drivers} instead`
}
