import { filesAt } from '../linux/files-at.ts'
import { listPci } from '../linux/pci.ts'

/** That there is no function at an address, and which there are. */
export function noSuchFunction(address: string, root: string): string {
  const others = listPci(filesAt(root))
  const known = others.length === 0 ? 'this machine has none' : `there are ${others.join(', ')}`
  return `there is no PCI device ${address}: ${known}`
}
