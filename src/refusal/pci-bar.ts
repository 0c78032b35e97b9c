import { pciDriver } from '../linux/pci.ts'
import { lockdownRefusal } from './lockdown.ts'
import type { Refusal } from './refusal.ts'

/** Why a BAR could not be mapped: drivers/pci/pci-sysfs.c, pci_mmap_resource(). */
export function explainBarMap(errno: string, device: string, root: string): Refusal {
  const driver = pciDriver(device, root)
  if (errno === 'EINVAL' && driver !== undefined) {
    return {
      code: 'EREFUSED_BUSY',
      reason: `the driver ${driver} claims it, and CONFIG_IO_STRICT_DEVMEM protects claimed regions (EINVAL)`,
      cure: `unbind it (echo ${device} > /sys/bus/pci/drivers/${driver}/unbind), or boot with iomem=relaxed`,
    }
  }
  const lockedDown = errno === 'EPERM' ? lockdownRefusal(root) : undefined
  return lockedDown ?? { code: 'EREFUSED', reason: `mmap failed with ${errno}` }
}
