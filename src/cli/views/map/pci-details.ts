import type { Region } from '../../../inventory/region.ts'
import type { Files } from '../../../linux/files.ts'
import { readPciFunction } from '../../../linux/pci.ts'
import { isSwitchedOff } from '../../../refusal/silent.ts'

/** What the kernel says of a PCI function, beyond its BARs. */
export interface PciDetails {
  address: string
  vendor: number | undefined
  device: number | undefined
  class: number | undefined
  enabled: boolean | undefined
  power: string
  commandMemory?: boolean
  commandIo?: boolean
  /** For people. */
  text: string
}

/** Of these regions, outermost first: the details of the PCI function that has the innermost. */
export function pciDetails(regions: readonly Region[], files: Files): PciDetails | undefined {
  // A function may lie in a BAR of another, as behind Intel VMD: drivers/pci/controller/vmd.c.
  const fact = regions.flatMap(({ facts }) => facts).findLast(({ kind }) => kind === 'bar')
  if (fact?.kind !== 'bar') return undefined
  const found = readPciFunction(fact.device, files)
  if (found === undefined) return undefined
  const { address, vendor, device, enabled, power, commandMemory, commandIo } = found
  const numbers = [
    ...(vendor === undefined || device === undefined
      ? []
      : [`${hex(vendor, 4)}:${hex(device, 4)}`]),
    ...(found.class === undefined ? [] : [`class ${hex(found.class, 6)}`]),
  ]
  const space = fact.io ? 'io' : 'memory'
  const state = [
    ...(enabled === false ? ['not enabled'] : []),
    ...(power === 'suspended' ? ['suspended'] : []),
    ...(isSwitchedOff(found, space)
      ? [`its ${space === 'io' ? 'I/O' : 'memory'} BARs are off`]
      : []),
  ]
  return {
    ...{ address, vendor, device, class: found.class, enabled, power },
    ...(commandMemory === undefined ? {} : { commandMemory }),
    ...(commandIo === undefined ? {} : { commandIo }),
    text: [`${address}  ${numbers.join('  ')}`.trimEnd(), ...state].join(', '),
  }
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0')
}
