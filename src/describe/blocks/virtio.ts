/** A stretch of a BAR that a virtio device points to. */
export interface VirtioStructure {
  /** `cfg_type`: 1 common configuration, 2 notifications, 3 interrupt status, 4 of the device. */
  structure: number
  bar: number
  /** Bytes from the start of the BAR. */
  offset: number
  length: number
}

/** PCI Local Bus Specification 3.0, section 6.7, and appendix H: 9 is the vendor's own. */
const COMMAND_AND_STATUS = 0x04
const HAS_CAPABILITIES = 0x10_0000
const CAPABILITIES = 0x34
const VENDOR_SPECIFIC = 0x09
/** In 256 bytes, after a header of 64, at multiples of 4. */
const MOST_CAPABILITIES = 48
/** Virtio 1.2, section 4.1.4.9: the word after it reads the BAR that it names. */
const PCI_CFG = 5

/**
 * The structures of a virtio device, in the order of preference that it gives, by the capabilities in
 * its configuration space (Virtio 1.2, section 4.1.4). None where these cannot be seen: without
 * CAP_SYS_ADMIN the kernel shows 64 bytes. `read32` gives the word at an offset, `length` is how many
 * bytes can be seen; words are read that tell where structures are, and no others, since a load of
 * `pci_cfg_data` accesses a BAR. What `read32` rejects with, this rejects with.
 */
export async function virtioStructures(
  read32: (offset: number) => Promise<number>,
  length: number,
): Promise<VirtioStructure[]> {
  if (length < CAPABILITIES + 4) return []
  if (((await read32(COMMAND_AND_STATUS)) & HAS_CAPABILITIES) === 0) return []
  const found: VirtioStructure[] = []
  let at = (await read32(CAPABILITIES)) & 0xfc
  const seen = new Set<number>()
  while (at >= 0x40 && at + 4 <= length && !seen.has(at) && seen.size < MOST_CAPABILITIES) {
    seen.add(at)
    const head = await read32(at)
    const [kind, size, structure] = [head & 0xff, (head >>> 16) & 0xff, head >>> 24]
    const isStructure = kind === VENDOR_SPECIFIC && size >= 16 && structure !== PCI_CFG
    if (isStructure && at + 16 <= length) {
      const bar = (await read32(at + 4)) & 0xff
      if (bar < 6) {
        found.push({ structure, bar, offset: await read32(at + 8), length: await read32(at + 12) })
      }
    }
    at = (head >>> 8) & 0xfc
  }
  return found
}
