import { basename, join } from 'node:path'
import type { Files } from './files.ts'
import { filesAt } from './files-at.ts'
import { linkName } from './read.ts'

/** What sysfs says of a character device. */
export interface CharDevice {
  /** Its class or bus: `uio`, `misc`, `drm`; `undefined` where sysfs does not know it. */
  subsystem: string | undefined
  /** As the kernel names it, `uio0`, `card0`; empty where sysfs does not know it. */
  name: string
  /** The device that it stands for, `0000:00:04.0`, or `undefined`. */
  parent: string | undefined
}

/** The character device with the number `MAJOR:MINOR`, whatever its node is called. */
export function readCharDevice(number: string, files: Files = filesAt()): CharDevice {
  const folder = join('/sys/dev/char', number)
  const subsystem = linkName(files, join(folder, 'subsystem'))
  const name = basename(files.real(folder) ?? '')
  return { subsystem, name, parent: linkName(files, join(folder, 'device')) }
}
