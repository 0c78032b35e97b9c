import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Most that the architecture allows, for CPUs that do not say what they have. */
const ARCHITECTURE_BITS: Record<string, number> = { arm: 40, arm64: 52, riscv64: 56, x64: 52 }

/**
 * Bits of a physical address: on x86 what /proc/cpuinfo says (`address sizes : 46 bits physical`),
 * elsewhere the most that the architecture allows, and never more than 52.
 */
export function physicalAddressBits(root = '/', cpu: string = process.arch): number {
  const limit = Math.min(ARCHITECTURE_BITS[cpu] ?? 52, 52)
  try {
    const text = readFileSync(join(root, 'proc/cpuinfo'), 'utf8')
    const bits = Number(/^address sizes\s*:\s*(\d+) bits physical/m.exec(text)?.[1])
    return bits > 0 ? Math.min(bits, limit) : limit
  } catch {
    return limit
  }
}
