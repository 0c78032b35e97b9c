import { join } from 'node:path'
import { ADDRESS_LIMIT } from '../base/limits.ts'
import type { Files } from './files.ts'
import { filesAt } from './files-at.ts'
import type { Resource } from './iomem.ts'
import { listNumbered, readLine } from './read.ts'

/**
 * The map of memory that the firmware gave to the kernel (drivers/firmware/memmap.c, on x86), by
 * ascending addresses: /sys/firmware/memmap, which everybody may read, also where the addresses of
 * /proc/iomem are hidden. Its types are names as in /proc/iomem: `System RAM`, `Reserved`, …
 * Entries that make no sense are left out; empty where there is none.
 */
export function readFirmwareMap(files: Files = filesAt()): Resource[] {
  const folder = '/sys/firmware/memmap'
  return listNumbered(files, folder, '')
    .flatMap((number): Resource[] => {
      const entry = join(folder, `${number}`)
      const [start, last] = ['start', 'end'].map((file) =>
        address(readLine(files, join(entry, file))),
      )
      const name = readLine(files, join(entry, 'type'))
      if (start === undefined || last === undefined || last < start || name === '') return []
      return [{ start, last, name, depth: 0 }]
    })
    .sort((a, b) => a.start - b.start)
}

function address(text: string): number | undefined {
  const value = /^0x[0-9a-f]{1,16}$/.test(text) ? Number(text) : undefined
  return value !== undefined && value < ADDRESS_LIMIT ? value : undefined
}
