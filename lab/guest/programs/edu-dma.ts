/**
 * Run in a guest with an edu card: lets it copy a page to its own memory and from there to another
 * page; prints where the two pages are, and ends when /tmp/go exists. The bits that it has are given.
 */
import { existsSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import {
  allocateBuffer,
  bindDriver,
  mapWindow,
  openUioDevice,
  setBusMaster,
} from '../../../src/index.ts'

const address = '0000:00:04.0'
const PAGE = 4096
/** A whole page ends QEMU: it takes the last byte for one beyond (hw/misc/edu.c, edu_check_range()). */
const COUNT = PAGE - 8

using binding = await bindDriver(address, 'uio_pci_generic')
using uio = await openUioDevice(binding.uio ?? 0)
using registers = await mapWindow({ place: `pci:${address}/bar0`, length: 0x1000 })
using buffer = await allocateBuffer({
  length: 2 * PAGE,
  belowAddress: 2 ** Number(process.argv[2]),
})
setBusMaster(address, true)

async function copy(source: number, destination: number, command: number): Promise<void> {
  registers.write64(0x80, BigInt(source))
  registers.write64(0x88, BigInt(destination))
  registers.write64(0x90, BigInt(COUNT))
  registers.fence()
  registers.write64(0x98, BigInt(command))
  await uio.waitForInterrupt({ timeoutMs: 10_000 })
  registers.write32(0x64, registers.read32(0x24))
}

buffer.window.writeBlock(
  0,
  8,
  Uint8Array.from({ length: PAGE }, (_, i) => (i * 7 + (i >> 8)) & 0xff),
)
const bus = buffer.dmaAddress(address)
await copy(bus, 0x40000, 1 | 4)
await copy(0x40000, bus + PAGE, 1 | 2 | 4)
console.log(JSON.stringify({ address: buffer.physicalAddress, safety: buffer.dmaSafety(address) }))
while (!existsSync('/tmp/go')) await setTimeout(10)
setBusMaster(address, false)
