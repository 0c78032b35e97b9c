import type { Mapping } from '../linux/maps.ts'
import { readBars } from '../linux/pci.ts'
import { listDmaBuffers } from '../linux/udmabuf.ts'
import { listUio } from '../linux/uio.ts'

/** Device memory that a process has mapped: where the first byte of the mapping is. */
export interface DeviceMapping {
  /** Physical address of the mapping's first byte. */
  address: number
  /** What tells it, for people: `/dev/mem`, `BAR 0 of 0000:00:04.0`, `map 0 (regs) of uio0`. */
  source: string
}

/** How a mapped file tells its physical addresses; the groups of the pattern come in `parts`. */
interface Kind {
  path: RegExp
  resolve(mapping: Mapping, parts: readonly string[], find: Lookup): DeviceMapping | undefined
}

interface Lookup {
  pageSize: number
  root: string
}

const kinds: readonly Kind[] = [
  {
    // drivers/char/mem.c, mmap_mem: the offset is the physical address
    path: /^\/dev\/mem$/,
    resolve: ({ offset }) => ({ address: Number(offset), source: '/dev/mem' }),
  },
  {
    path: /\/(\w{4,}:\w\w:\w\w\.\w)\/resource(\d)(?:_wc)?$/,
    resolve: resolveBar,
  },
  {
    path: /^\/dev\/uio(\d+)$/,
    resolve: resolveUio,
  },
  {
    path: /^\/dev\/(udmabuf[^/]*|u-dma-buf[^/]*)$/,
    resolve: (mapping, [name], { root }) => {
      const buffer = listDmaBuffers(root).find((one) => one.name === name)
      if (buffer === undefined) return undefined
      const address = buffer.physicalAddress + Number(mapping.offset)
      return { address, source: `the buffer ${name}` }
    },
  },
]

/**
 * drivers/pci/mmap.c, pci_mmap_resource_range: the kernel adds the BAR's address to the offset of
 * the mapping, and shows the sum. An offset inside the BAR is taken as such, too: a BAR lies at a
 * multiple of its length, so that one cannot be mistaken for the other.
 */
function resolveBar(
  { offset }: Mapping,
  [device = '', number = '']: readonly string[],
  { root }: Lookup,
): DeviceMapping | undefined {
  const bar = readBars(device, root).find((one) => one.number === Number(number))
  if (bar === undefined || bar.kind !== 'memory') return undefined
  const at = Number(offset)
  const address = at >= bar.start ? at : bar.start + at
  if (address >= bar.start + bar.length) return undefined
  return { address, source: `BAR ${number} of ${device}` }
}

/** drivers/uio/uio.c, uio_find_mem_index: the offset is the number of the map, in pages. */
function resolveUio(
  { offset }: Mapping,
  [number = '']: readonly string[],
  { pageSize, root }: Lookup,
): DeviceMapping | undefined {
  const device = listUio(root).find((one) => one.number === Number(number))
  const map = device?.maps.find((one) => one.number === Number(offset) / pageSize)
  if (map?.address === undefined) return undefined
  const name = map.name === '' ? '' : ` (${map.name})`
  // The file shows the exact address, the mapping begins at its page.
  const address = map.address - (map.address % pageSize)
  return { address, source: `map ${map.number}${name} of uio${number}` }
}

/**
 * Where the memory of a mapping is when pagemap shows a hole (a mapping of frames alone, VM_PFNMAP):
 * resolved from the mapping itself. `undefined` for what is no such mapping, or cannot be resolved.
 */
export function resolveDeviceMapping(mapping: Mapping, find: Lookup): DeviceMapping | undefined {
  for (const { path, resolve } of kinds) {
    const match = path.exec(mapping.path)
    if (match) return resolve(mapping, match.slice(1), find)
  }
  return undefined
}
