/**
 * Run in a guest: holds a UIO map while its driver is taken off its PCI function, and says as JSON
 * what became of it. Arguments: the map, the function.
 */
import { writeFileSync } from 'node:fs'
import { mapWindow, open, PhysmemError } from '../../../src/index.ts'

const [place = '', device = ''] = process.argv.slice(2)

async function said(act: () => unknown): Promise<unknown> {
  try {
    return await act()
  } catch (error) {
    return error instanceof PhysmemError ? `${error.code} ${error.message}` : String(error)
  }
}

await using memory = await open(place)
using window = await mapWindow({ place, length: 0x100 })
const before = [await said(() => memory.read32(0)), await said(() => window.read32(0))]
writeFileSync(`/sys/bus/pci/devices/${device}/driver/unbind`, device)
const after = [
  await said(() => memory.write32(4, 1)),
  await said(() => memory.update(4, 32, 1, 1)),
  await said(() => window.readBlock(0, 32, 4)),
  await said(() => open(place)),
]
console.log(JSON.stringify({ before, after }))
