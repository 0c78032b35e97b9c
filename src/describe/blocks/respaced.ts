import type { Block, Cluster, Register } from '../model.ts'

/** How far the registers of a UART are apart: Documentation/devicetree/bindings/serial/8250.yaml. */
export interface Spacing {
  /** `reg-shift`: register n lies n << regShift bytes after the base. Default: 0. */
  regShift?: number
  /** `reg-io-width`: bytes of an access, 1, 2 or 4. Default: 1. */
  regIoWidth?: number
  /** `big-endian`. */
  bigEndian?: boolean
}

/** Blocks whose registers are bytes without a gap, and may be spread. */
export const SPREAD = ['uart16550']

/** Such a block with its registers as a device tree says. */
export function respaced(block: Block, spacing: Spacing): Block {
  const { regShift = 0, regIoWidth = 1, bigEndian = false } = spacing
  const width = regIoWidth === 4 ? 32 : regIoWidth === 2 ? 16 : 8
  const spread = (child: Register | Cluster): Register | Cluster =>
    child.kind === 'cluster'
      ? child
      : { ...child, offset: child.offset * 2 ** regShift, size: width, width }
  return {
    ...block,
    ...(bigEndian && { endian: 'big' as const }),
    extents: block.extents.map((extent) => ({
      ...extent,
      length: extent.length * 2 ** regShift,
    })),
    children: block.children.map(spread),
  }
}
