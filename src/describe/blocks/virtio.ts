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
const STATUS = 0x06
const HAS_CAPABILITIES = 0x10
const CAPABILITIES = 0x34
const VENDOR_SPECIFIC = 0x09
/** In 256 bytes, behind a header of 64, at multiples of 4. */
const MOST_CAPABILITIES = 48

/**
 * The structures of a virtio device, in the order of preference that it gives, by the capabilities in
 * its configuration space (Virtio 1.2, section 4.1.4). None where these cannot be seen: without
 * CAP_SYS_ADMIN the kernel shows 64 bytes.
 */
export function virtioStructures(config: Uint8Array): VirtioStructure[] {
  const view = new DataView(config.buffer, config.byteOffset, config.byteLength)
  const byte = (at: number): number => (at < view.byteLength ? view.getUint8(at) : 0)
  if ((byte(STATUS) & HAS_CAPABILITIES) === 0) return []
  const found: VirtioStructure[] = []
  let at = byte(CAPABILITIES) & 0xfc
  for (let seen = 0; at >= 0x40 && seen < MOST_CAPABILITIES; seen += 1) {
    const isStructure = byte(at) === VENDOR_SPECIFIC && byte(at + 2) >= 16
    if (isStructure && at + 16 <= view.byteLength && byte(at + 4) < 6) {
      found.push({
        structure: byte(at + 3),
        bar: byte(at + 4),
        offset: view.getUint32(at + 8, true),
        length: view.getUint32(at + 12, true),
      })
    }
    at = byte(at + 1) & 0xfc
  }
  return found
}
