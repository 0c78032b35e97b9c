import { join } from 'node:path'
import { readStart } from './read.ts'

/** Most that the architecture allows, for CPUs that do not say what they have. */
const ARCHITECTURE_BITS: Record<string, number> = { arm: 40, arm64: 52, riscv64: 56, x64: 52 }

/**
 * Bits of a physical address: on x86 what /proc/cpuinfo says (`address sizes : 46 bits physical`),
 * elsewhere the most that the architecture allows, and never more than 52.
 */
export function physicalAddressBits(root = '/', cpu: string = process.arch): number {
  const limit = Math.min(ARCHITECTURE_BITS[cpu] ?? 52, 52)
  // The start is of the first CPU; the kernel takes its time to make the whole, with many.
  const text = Buffer.from(readStart(join(root, 'proc/cpuinfo'), 8192)).toString()
  const bits = Number(/^address sizes\s*:\s*(\d+) bits physical/m.exec(text)?.[1])
  return bits > 0 ? Math.min(bits, limit) : limit
}
