import { closeSync } from 'node:fs'
import { join } from 'node:path'
import { physicalAddressBits } from '../../linux/cpu.ts'
import { explainDevMemOpen } from '../../refusal/devmem.ts'
import { explainDevMemMap } from '../../refusal/devmem-map.ts'
import { openNode } from './open-node.ts'
import type { MapSource, Mode } from './source.ts'

/** The physical memory of this machine, as far as the kernel lets /dev/mem reach it. */
export function openDevMem(mode: Mode, root = '/'): MapSource {
  const name = join(root, 'dev/mem')
  const { fd } = openNode(name, mode, (errno) => explainDevMemOpen(errno, root))
  return {
    name,
    fd,
    mode,
    base: 0,
    length: 2 ** physicalAddressBits(root),
    regularFile: false,
    explain: (errno, address) => explainDevMemMap(errno, address, root),
    close: () => closeSync(fd),
  }
}
