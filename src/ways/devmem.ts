import { type NodeSource, openSource } from '../engine/node-source.ts'
import type { MapSource, Mode } from '../engine/source.ts'
import { physicalAddressBits } from '../linux/cpu.ts'
import type { LocalSystem, System } from '../linux/system.ts'
import { explainDevMemOpen } from '../refusal/devmem.ts'
import { explainDevMemMap } from '../refusal/devmem-map.ts'

/** How /dev/mem is opened. */
export interface DevMemOptions {
  /**
   * Without O_SYNC: drivers/char/mem.c, phys_mem_access_prot(), maps cached then. Only for what the
   * kernel itself maps so, which refuses every other mapping (EREFUSED_MEMTYPE).
   */
  cached?: boolean
}

/** The physical memory of a machine, as far as its kernel lets /dev/mem reach it. */
export function devMemSource(
  mode: Mode,
  system: System,
  { cached = false }: DevMemOptions = {},
): NodeSource {
  return {
    path: '/dev/mem',
    mode,
    cached,
    base: 0,
    length: 2 ** physicalAddressBits(system.files),
    explainOpen: explainDevMemOpen,
    explainMap: explainDevMemMap,
  }
}

/** The same of this machine, open. */
export function openDevMem(
  mode: Mode,
  system: LocalSystem,
  options: DevMemOptions = {},
): MapSource {
  return openSource(devMemSource(mode, system, options), system)
}
