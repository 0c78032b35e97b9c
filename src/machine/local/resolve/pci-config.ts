import { localFiles } from '../../../engine/access-file.ts'
import { identityAt } from '../../../linux/identity.ts'
import { configFile } from '../../../linux/pci.ts'
import type { PciConfigPlace, PciIdConfigPlace } from '../../../place/schemes/pci.ts'
import { openPciConfig } from '../../../ways/pci-config.ts'
import type { Found, Surroundings } from '../../found.ts'
import { pciFunctionOf } from './pci.ts'

/** In the configuration space of a PCI function; the address is the offset in it. */
export function findPciConfig(
  place: PciConfigPlace | PciIdConfigPlace,
  { mode, system }: Surroundings,
): Found {
  const device = pciFunctionOf(place, system.files)
  return {
    identity: identityAt(configFile(device), system.files),
    key: `pci:${device}/config`,
    address: place.offset,
    open: async () => ({ memory: await openPciConfig(device, mode, localFiles(system)) }),
  }
}
