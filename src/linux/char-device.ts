import { realpathSync } from 'node:fs'
import { basename, join } from 'node:path'
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
export function readCharDevice(number: string, root = '/'): CharDevice {
  const folder = join(root, 'sys/dev/char', number)
  const subsystem = linkName(join(folder, 'subsystem'))
  return { subsystem, name: realName(folder), parent: linkName(join(folder, 'device')) }
}

function realName(folder: string): string {
  try {
    return basename(realpathSync(folder))
  } catch {
    return ''
  }
}
