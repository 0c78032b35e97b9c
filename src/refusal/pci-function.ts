import { listPci } from '../linux/pci.ts'
import type { System } from '../linux/system.ts'

/** That there is no function at an address, and which there are. */
export function noSuchFunction(address: string, system: System): string {
  const others = listPci(system.files)
  const known = others.length === 0 ? 'this machine has none' : `there are ${others.join(', ')}`
  return `there is no PCI device ${address}: ${known}`
}
