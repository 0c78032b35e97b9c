import { loadAddon } from '../engine/addon.ts'
import type { MapSource, Mode } from '../engine/source.ts'
import { type Ioctl, type KmodDevice, openKmodDevice } from '../kmod/client/device.ts'
import type { MapCaching } from '../kmod/client/ioctl.ts'
import { explainKmodMap } from '../kmod/refusal/device.ts'
import { physicalAddressBits } from '../linux/cpu.ts'
import type { LocalSystem } from '../linux/system.ts'

/** How /dev/physmem maps. */
export interface KmodOptions {
  /** Default `auto`: RAM as the kernel has it already, everything else uncached. */
  caching?: MapCaching
  /** Asks the module; for tests. */
  ioctl?: Ioctl
}

/** /dev/physmem as something that can be mapped, and the device itself for what else it can do. */
export interface KmodSource extends MapSource {
  readonly device: KmodDevice
}

/**
 * The physical memory of this machine through the kernel module: RAM and devices. Throws as
 * `openKmodDevice` does.
 */
export function openKmod(mode: Mode, system: LocalSystem, options: KmodOptions = {}): KmodSource {
  const { caching = 'auto', ioctl } = options
  const device = openKmodDevice(mode, system, ioctl)
  try {
    if (caching !== 'auto') device.setCaching(caching)
  } catch (error) {
    device.close()
    throw error
  }
  return {
    name: caching === 'auto' ? device.name : `${device.name} (${caching})`,
    fd: device.fd,
    mode,
    base: 0,
    length: Math.min(device.addressLimit, 2 ** physicalAddressBits(system.files)),
    regularFile: false,
    device,
    explain: (errno, address) => {
      const { pageSize } = loadAddon()
      const page = address - (address % pageSize)
      return explainKmodMap(errno, device.checkMap(page, pageSize, caching), system.now())
    },
    close: () => device.close(),
  }
}
