import type { Files } from '../files.ts'
import { filesAt } from '../files-at.ts'
import { parseFlattened } from './flattened.ts'
import { maxTreeBytes } from './header.ts'
import { liveTree } from './live.ts'
import { unreadable } from './read-file.ts'
import type { DeviceTree } from './tree.ts'

const FLATTENED = '/sys/firmware/fdt'

/**
 * The device tree of the machine: the live one, else the flattened one that it was started with
 * (which only root may read), else `undefined`. Throws EPERMISSION or EOPEN when there is only a
 * flattened one that cannot be read, and EDEVICETREE when it is damaged.
 */
export function openDeviceTree(files: Files = filesAt()): DeviceTree | undefined {
  // Not what a link leads to: below another root, the link of /proc would lead out of it.
  const live = ['/sys/firmware/devicetree/base', '/proc/device-tree'].find(
    (folder) => files.linkStatus(folder)?.kind === 'folder',
  )
  if (live !== undefined) return liveTree(live, files)
  const bytes = files.bytes(FLATTENED, maxTreeBytes)
  if (bytes !== undefined) return parseFlattened(bytes, FLATTENED)
  const errno = files.errno(FLATTENED)
  if (errno === undefined || errno === 'ENOENT' || errno === 'ENOTDIR') return undefined
  throw unreadable(FLATTENED, errno)
}
