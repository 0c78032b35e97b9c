import type { Files } from '../linux/files.ts'
import type { Mapping } from '../linux/maps.ts'
import { readSmaps } from '../linux/smaps.ts'
import { isNamedAsDevice, resolveDeviceMapping } from './device-mapping.ts'
import type { FrameSet } from './frame-set.ts'
import { bare, isAnonymous, KERNEL_HALF } from './mappings.ts'
import type { VisitedProcess } from './walk.ts'

/** A process that has mapped a frame, and where. */
export interface Owner {
  pid: number
  /** The process's name, at most 15 bytes. */
  process: string
  /** Virtual address of the frame's first byte. */
  virtual: bigint
  mapping: Mapping
  /** Where in the mapped file the frame's first byte is; absent without a file. */
  fileOffset?: number
  /** What tells it: the page tables, or for device memory what was mapped. */
  by: 'pagemap' | 'mapping'
}

export function toOwner(
  { pid, name }: { pid: number; name: string },
  mapping: Mapping,
  virtual: bigint,
  by: Owner['by'],
): Owner {
  const owner = { pid, process: name, virtual, mapping, by }
  if (isAnonymous(mapping)) return owner
  return { ...owner, fileOffset: Number(mapping.offset + (virtual - mapping.start)) }
}

/** One mapping of a frame that was looked for. */
export interface Hit {
  frame: number
  owner: Owner
}

/** The frames of a set that a process has mapped as memory of a device: holes in its page tables. */
export function* deviceOwners(
  visited: VisitedProcess,
  wanted: FrameSet,
  files: Files,
): Generator<Hit> {
  const { pid, pagemap, mappings } = visited
  const { pageSize } = pagemap
  if (!mappings.some((mapping) => isNamedAsDevice(mapping, files))) return
  for (const mapping of readSmaps(pid, files)) {
    if (mapping.start >= KERNEL_HALF) continue
    const device = resolveDeviceMapping(mapping, { pageSize, files })
    if (device?.address === undefined) continue
    const first = device.address / pageSize
    const pages = Number(mapping.end - mapping.start) / pageSize
    for (const frame of wanted.between(first, first + pages)) {
      const virtual = mapping.start + BigInt(frame - first) * BigInt(pageSize)
      // A private page in its place is found in the page tables.
      if (pagemap.entry(Number(virtual / BigInt(pageSize))).kind !== 'absent') continue
      yield { frame, owner: toOwner(visited, bare(mapping), virtual, 'mapping') }
    }
  }
}
