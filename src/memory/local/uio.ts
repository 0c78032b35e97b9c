import { closeSync } from 'node:fs'
import { join } from 'node:path'
import { findUioMap, mapName, type UioWhich, uioName } from '../../linux/uio-find.ts'
import { loadAddon } from '../../native/addon.ts'
import { explainUioMap } from '../../refusal/uio.ts'
import { openNode } from './open-node.ts'
import type { MapSource, Mode } from './source.ts'

/**
 * One map of a UIO device. mmap of /dev/uioM takes page N as its offset for map N, wherever in the map
 * one wants to be (drivers/uio/uio.c, uio_find_mem_index): the map is always mapped as a whole.
 */
export function openUio(which: UioWhich, mode: Mode, root = '/'): MapSource {
  const name = `uio:${uioName(which.device)}/${mapName(which.map)}`
  const { device, map } = findUioMap(which, name, root)
  const { fd } = openNode(join(root, `dev/uio${device.number}`), mode)
  return {
    name,
    fd,
    mode,
    base: map.number * loadAddon().pageSize + map.offset,
    length: map.length,
    regularFile: false,
    wholeOnly: true,
    explain: explainUioMap,
    close: () => closeSync(fd),
  }
}
