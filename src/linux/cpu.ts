import type { Files } from './files.ts'
import { filesAt } from './files-at.ts'
import { readStart } from './read.ts'

/** Most that the architecture allows, for CPUs that do not say what they have. */
const ARCHITECTURE_BITS: Record<string, number> = { arm: 40, arm64: 52, riscv64: 56, x64: 52 }

/**
 * Whether the CPU has I/O ports, as only x86 has: by /proc/cpuinfo (arch/x86/kernel/cpu/proc.c), and
 * where that is not there by `cpu`. Elsewhere what is behind I/O BARs is memory.
 */
export function hasPorts(files: Files = filesAt(), cpu: string = process.arch): boolean {
  const text = cpuInfo(files)
  if (text === '') return cpu === 'x64' || cpu === 'ia32'
  return /^(vendor_id|address sizes)\s*:/m.test(text)
}

/** The start is of the first CPU; the kernel takes its time to make the whole, with many. */
function cpuInfo(files: Files): string {
  return Buffer.from(readStart(files, '/proc/cpuinfo', 8192)).toString()
}

/**
 * Bits of a physical address: on x86 what /proc/cpuinfo says (`address sizes : 46 bits physical`),
 * elsewhere the most that the architecture allows, and never more than 52.
 */
export function physicalAddressBits(files: Files = filesAt(), cpu: string = process.arch): number {
  const limit = Math.min(ARCHITECTURE_BITS[cpu] ?? 52, 52)
  const bits = Number(/^address sizes\s*:\s*(\d+) bits physical/m.exec(cpuInfo(files))?.[1])
  return bits > 0 ? Math.min(bits, limit) : limit
}
