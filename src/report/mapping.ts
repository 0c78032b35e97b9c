import type { Mapping } from '../linux/maps.ts'
import { exactAddress, type ShownAddress } from '../operate/shown-address.ts'

/** A mapping of a process. */
export interface MappingReport
  extends Pick<Mapping, 'readable' | 'writable' | 'executable' | 'shared'> {
  start: ShownAddress
  /** Exclusive. */
  end: ShownAddress
  /** A path, or a name in brackets. */
  path?: string
  /** Of a file. */
  offset?: ShownAddress
  device?: string
  inode?: ShownAddress
}

export function mappingToJson(mapping: Mapping): MappingReport {
  const { path, offset, device, inode } = mapping
  const [start, end] = [exactAddress(mapping.start), exactAddress(mapping.end)]
  const { readable, writable, executable, shared } = mapping
  const name = path === '' ? {} : { path }
  const file =
    inode === 0n ? {} : { offset: exactAddress(offset), device, inode: exactAddress(inode) }
  return { start, end, readable, writable, executable, shared, ...name, ...file }
}
