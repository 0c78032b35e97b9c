/** The first 64 bytes of a PCI function's configuration space (include/uapi/linux/pci_regs.h). */
export interface PciHeader {
  vendor: number
  device: number
  /** Whether the function answers at its memory BARs: bit 1 of the command register. */
  commandMemory: boolean
  /** Whether it answers at its I/O BARs: bit 0. */
  commandIo: boolean
  /** Whether it may start transfers by itself: bit 2. */
  busMaster: boolean
  /** 24 bits: class, subclass, programming interface. */
  class: number
  /** 0 for a function, 1 for a bridge, 2 for CardBus. */
  type: number
}

/** Decodes a header; `undefined` when it is cut off, or all ones: nothing answered. */
export function parsePciHeader(bytes: Uint8Array): PciHeader | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.byteLength < 16 || view.getUint16(0, true) === 0xffff) return undefined
  const command = view.getUint16(4, true)
  return {
    vendor: view.getUint16(0, true),
    device: view.getUint16(2, true),
    commandMemory: (command & 2) !== 0,
    commandIo: (command & 1) !== 0,
    busMaster: (command & 4) !== 0,
    class: view.getUint32(8, true) >>> 8,
    type: view.getUint8(14) & 0x7f,
  }
}
