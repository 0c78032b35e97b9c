/**
 * Run in a guest: prints the nanoseconds from raising an interrupt of an edu card to having it in
 * TypeScript, one a line. The UIO device, the PCI function and the count are given.
 */
import { setImmediate } from 'node:timers/promises'
import { mapWindow, openUioDevice } from '../../../src/index.ts'

const [device = '', address = '', count = ''] = process.argv.slice(2)
using uio = await openUioDevice(device)
using card = await mapWindow({ place: `pci:${address}/bar0`, length: 0x1000 })
const lines: string[] = []
for (let round = Number(count); round > 0; round--) {
  const next = uio.waitForInterrupt({ timeoutMs: 10_000 })
  await setImmediate() // the wait stands, and the loop has nothing else to do
  const start = process.hrtime.bigint()
  card.write32(0x60, 1)
  await next
  lines.push(String(process.hrtime.bigint() - start))
  card.write32(0x64, card.read32(0x24))
}
console.log(lines.join('\n'))
