import { closeSync } from 'node:fs'
import { openNode } from '../engine/open-node.ts'
import type { MapSource, Mode } from '../engine/source.ts'
import { physicalAddressBits } from '../linux/cpu.ts'
import type { LocalSystem } from '../linux/system.ts'
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

/** The physical memory of this machine, as far as the kernel lets /dev/mem reach it. */
export function openDevMem(
  mode: Mode,
  system: LocalSystem,
  { cached }: DevMemOptions = {},
): MapSource {
  const path = system.at('/dev/mem')
  const { fd } = openNode(path, mode, (errno) => explainDevMemOpen(errno, system.now()), cached)
  return {
    name: cached ? `${path} (cached)` : path,
    fd,
    mode,
    base: 0,
    length: 2 ** physicalAddressBits(system.files),
    regularFile: false,
    explain: (errno, address) => explainDevMemMap(errno, address, system.now()),
    close: () => closeSync(fd),
  }
}
