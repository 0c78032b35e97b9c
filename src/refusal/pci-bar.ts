import { sentence } from '../base/cure.ts'
import type { Evidence } from '../base/evidence.ts'
import { type Resource, readIomem, resourcesAt } from '../linux/iomem.ts'
import { pciDriver, readBars } from '../linux/pci.ts'
import type { System } from '../linux/system.ts'
import { bindOtherwise, unbindCommand } from './claimant.ts'
import { configEvidence, protection, resourceEvidence } from './evidence.ts'
import { lockdownRefusal } from './lockdown.ts'
import { explainOpen } from './node.ts'
import { permissionRefusal } from './permissions.ts'
import type { Refusal } from './refusal.ts'

/** Why the file of a BAR could not be opened: its permissions are root's, mode 0600. */
export function explainBarOpen(errno: string, system: System): Refusal {
  const plain = explainOpen(errno)
  if (errno !== 'EACCES') return plain
  const refusal = permissionRefusal(system)
  return refusal.reason === plain.reason ? { ...plain, evidence: refusal.evidence ?? [] } : refusal
}

/**
 * Why a BAR could not be mapped: drivers/pci/pci-sysfs.c, pci_mmap_resource(). No capability is
 * asked for: an EPERM is lockdown.
 */
export function explainBarMap(errno: string, device: string, bar: number, system: System): Refusal {
  if (errno === 'EINVAL') return explainClaimed(device, bar, system)
  const lockedDown = errno === 'EPERM' ? lockdownRefusal(system) : undefined
  if (lockedDown) return lockedDown
  if (errno === 'EPERM') {
    return { code: 'EREFUSED', reason: 'the kernel is locked down, or forbids it (EPERM)' }
  }
  if (errno === 'ENODEV') {
    return { code: 'EREFUSED', reason: 'it is of I/O ports, which cannot be mapped (ENODEV)' }
  }
  return { code: 'EREFUSED', reason: `mmap failed with ${errno}` }
}

/** iomem_is_exclusive(): what is claimed is refused, with another errno than /dev/mem has. */
function explainClaimed(device: string, bar: number, system: System): Refusal {
  const innermost = claimIn(device, bar, system)
  const driver = pciDriver(device, system.files)
  const claim = innermost ? [resourceEvidence(innermost)] : []
  const built = configEvidence('CONFIG_IO_STRICT_DEVMEM', system)
  if (driver !== undefined) {
    const claimant = { bus: 'pci', device, driver }
    const unbind = sentence`unbind it: ${unbindCommand(claimant)}`
    const bound: Evidence = { file: `/sys/bus/pci/devices/${device}/driver`, line: driver }
    return {
      code: 'EREFUSED_BUSY',
      reason: `the driver ${driver} claims it, and ${protection(system)} (EINVAL)`,
      cure: sentence`${unbind}, or boot with iomem=relaxed`,
      cures: [unbind, 'boot with iomem=relaxed', bindOtherwise(claimant)],
      evidence: [bound, ...claim, ...built],
    }
  }
  if (innermost) {
    return {
      code: 'EREFUSED_BUSY',
      reason: `"${innermost.name}" claims it, and ${protection(system)} (EINVAL)`,
      cure: 'boot with iomem=relaxed',
      evidence: [...claim, ...built],
    }
  }
  return { code: 'EREFUSED', reason: 'mmap failed with EINVAL' }
}

/** What is registered inside of a BAR at its first address, as claims are. */
function claimIn(device: string, bar: number, system: System): Resource | undefined {
  const found = readBars(device, system.files).find(({ number }) => number === bar)
  if (found === undefined) return undefined
  const known = resourcesAt(readIomem(system.files), found.start)
  const own = known.findIndex(({ name }) => name === device)
  return own < 0 ? undefined : known.slice(own + 1).at(-1)
}
