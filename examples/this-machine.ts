/**
 * Tells where RAM is and which driver has which PCI function. Touches no memory:
 *
 *     this-machine                 of this machine; addresses are shown to root only
 *     this-machine FOLDER          of another one, from a copy of its /proc and /sys
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import {
  addressesHidden,
  filesAt,
  listPci,
  nodeAt,
  readIomem,
  readKernelConfig,
  readNumaBlocks,
  readPciFunction,
} from 'physmem/linux'

const [, , folder] = process.argv
if (folder !== undefined && !existsSync(join(folder, 'proc'))) {
  console.error(`this-machine: ${folder} is not a folder with a copy of /proc`)
  process.exit(2)
}
const files = filesAt(folder)
const hex = (address: number) => `0x${address.toString(16)}`

const resources = readIomem(files)
if (addressesHidden(resources)) console.log('the kernel hides the addresses: run it as root')
const blocks = readNumaBlocks(files)
for (const { start, last, name } of resources.filter(({ name }) => name === 'System RAM')) {
  const node = nodeAt(blocks, start)
  console.log(`${name} ${hex(start)}..${hex(last + 1)}${node === undefined ? '' : ` node ${node}`}`)
}

for (const address of listPci(files)) {
  const card = readPciFunction(address, files)
  for (const bar of card?.bars ?? []) {
    if (bar.kind === 'io') continue
    const driver = card?.driver ?? 'no driver'
    console.log(`pci:${address}/bar${bar.number} ${hex(bar.start)} +${hex(bar.length)} ${driver}`)
  }
}

const config = readKernelConfig(files)
console.log(config?.line('CONFIG_STRICT_DEVMEM') ?? 'this kernel does not tell how it was built')
