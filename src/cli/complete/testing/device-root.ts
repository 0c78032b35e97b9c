import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestFolder } from '../../testing/files.ts'

/** Makes the folder a root with a PCI device and a UIO device, a file `ram.bin` and a folder `rooms`. */
export function deviceRoot(folder: TestFolder): string {
  const put = (path: string, text: string) => {
    const file = join(folder.path, path)
    mkdirSync(join(file, '..'), { recursive: true })
    writeFileSync(file, text)
  }
  const none = '0x0000000000000000 0x0000000000000000 0x0000000000000000\n'
  put(
    'sys/bus/pci/devices/0000:00:04.0/resource',
    `0x00000000febd0000 0x00000000febdffff 0x0000000000040200\n0x0000c000 0x0000c0ff 0x40101\n${none.repeat(4)}`,
  )
  put('sys/bus/pci/devices/0000:00:05.0/resource', none.repeat(6))
  put('sys/class/uio/uio0/name', 'edu\n')
  const map = { name: 'regs', addr: '0xfebd0000', size: '0x1000', offset: '0x0' }
  for (const [key, text] of Object.entries(map)) {
    put(`sys/class/uio/uio0/maps/map0/${key}`, `${text}\n`)
  }
  put('ram.bin', '')
  put('rooms/x', '')
  return folder.path
}
