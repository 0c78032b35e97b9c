import type { BlockEntry } from './packed.ts'

/** What a device says that it is. */
export interface DeviceIds {
  /** Of its device tree node, from the most specific on. */
  compatible?: readonly string[]
  /** `class`: 24 bits. */
  pci?: { vendor: number; device: number; class: number }
  /** `_HID`, then `_CID`. */
  acpi?: readonly string[]
}

/**
 * The entries that describe a device, by the most specific of what it says: of `compatible` and
 * `acpi` the first that any entry has, of a PCI function its id before its class, and of classes the
 * longest. Several describe several stretches of it.
 */
export function entriesFor(entries: readonly BlockEntry[], ids: DeviceIds): BlockEntry[] {
  const tries: ((entry: BlockEntry) => boolean | undefined)[] = [
    ...(ids.compatible ?? []).map(
      (name) => (entry: BlockEntry) => entry.matches.compatible?.includes(name),
    ),
    ...pciTries(ids.pci),
    ...(ids.acpi ?? []).map((id) => (entry: BlockEntry) => entry.matches.acpi?.includes(id)),
  ]
  for (const matches of tries) {
    const found = entries.filter(matches)
    if (found.length > 0) return found
  }
  return []
}

function pciTries(pci: DeviceIds['pci']): ((entry: BlockEntry) => boolean | undefined)[] {
  if (pci === undefined) return []
  const id = `${hex(pci.vendor, 4)}:${hex(pci.device, 4)}`
  const code = hex(pci.class, 6)
  return [
    ({ matches }) => matches.pci?.includes(id),
    ...[6, 4, 2].map(
      (digits) =>
        ({ matches }: BlockEntry) =>
          matches.pciClass?.includes(code.slice(0, digits)),
    ),
  ]
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0')
}
