import { join } from 'node:path'
import { sentence, shell } from '../base/cure.ts'
import { pciFolder } from '../linux/pci.ts'
import { linkName } from '../linux/read.ts'
import type { System } from '../linux/system.ts'
import { editDistance } from '../text/suggest.ts'
import { lockdownRefusal } from './lockdown.ts'
import { explainNoModules } from './modules.ts'
import { explainOpen } from './node.ts'
import { permissionRefusal } from './permissions.ts'
import type { Refusal } from './refusal.ts'

/** That no driver has this name; it is not known whether a module of this name exists. */
export function noSuchDriver(driver: string, known: readonly string[], system: System): Refusal {
  // Not just any that is near: vfio-pci, which is not loaded, is not meant to be virtio-pci.
  const near = known.find((name) => editDistance(driver, name) === 1)
  const meant = near === undefined ? '' : `; did you mean ${near}?`
  const none = explainNoModules(system)?.refusal
  if (none !== undefined) {
    const reason = `the kernel has no PCI driver of this name, and ${none.reason}${meant}`
    return { ...none, code: 'ENOPLACE', reason }
  }
  return {
    code: 'ENOPLACE',
    reason: `the kernel has no PCI driver of this name, or has not loaded it${meant}`,
    cure: [shell(`modprobe ${driver}`)],
  }
}

/** Why a write to a file by which drivers are bound failed: their permissions are root's. */
function explainWrite(errno: string, system: System): Refusal | undefined {
  if (errno === 'EACCES') return permissionRefusal(system)
  if (errno === 'EPERM' || errno === 'EROFS') return explainOpen(errno)
  return undefined
}

/** Why a driver does not take a function: drivers/base/bus.c, bind_store(), and its probe. */
export function explainBind(
  errno: string,
  device: string,
  driver: string,
  system: System,
): Refusal {
  const written = explainWrite(errno, system)
  if (written) return written
  const code = 'EREFUSED'
  if (errno === 'ENODEV' && driver === 'uio_pci_generic') {
    // drivers/uio/uio_pci_generic.c, probe(): pci_intx_mask_supported()
    const reason = 'it has no interrupt line that can be masked, which this driver needs (ENODEV)'
    return { code, reason, cure: 'bind it to vfio-pci, which also takes message interrupts' }
  }
  if (errno === 'EINVAL' && driver === 'vfio-pci' && !hasIommu(device, system)) {
    const reason = 'it is not behind an IOMMU, which this driver needs (EINVAL)'
    const cure =
      'switch the IOMMU on (intel_iommu=on, or in the firmware), or bind it to uio_pci_generic'
    return { code, reason, cure }
  }
  if (errno === 'EBUSY') return { code, reason: 'something in the kernel uses it (EBUSY)' }
  const cure = sentence`look into the kernel's log: ${shell('dmesg')}`
  if (errno === 'ENODEV') return { code, reason: 'the driver does not accept it (ENODEV)', cure }
  return { code, reason: `the driver failed with ${errno}`, cure }
}

function hasIommu(device: string, system: System): boolean {
  return linkName(system.files, join(pciFolder(device), 'iommu_group')) !== undefined
}

/** Why a driver could not be taken off, or its override not written. */
export function explainUnbind(errno: string, system: System): Refusal {
  const written = explainWrite(errno, system)
  return written ?? { code: 'EREFUSED', reason: `the kernel answered ${errno}` }
}

/** Why the configuration space could not be opened or written: drivers/pci/pci-sysfs.c. */
export function explainConfig(errno: string, system: System): Refusal {
  if (errno === 'EACCES') return permissionRefusal(system)
  if (errno === 'EPERM') return lockdownRefusal(system) ?? explainOpen(errno)
  return explainOpen(errno)
}
