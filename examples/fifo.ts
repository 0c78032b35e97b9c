/** Sends words through a FIFO: every element goes to the same address, each in one access. */
import { open } from 'physmem'

const STATUS = 0x1000_000c // bits 15:8: how many elements are in the FIFO
const FIFO = 0x1000_0028

await using memory = await open('sim:')
const level = async () => ((await memory.read32(STATUS)) >> 8) & 0xff

const words = Uint32Array.of(0x11, 0x22, 0x33, 0x44)
await memory.writeBlock(FIFO, 32, new Uint8Array(words.buffer), 'fixed')
console.log(`${await level()} elements`)

const bytes = await memory.readBlock(FIFO, 32, 3, 'fixed')
const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
for (let at = 0; at < bytes.length; at += 4)
  console.log(`0x${view.getUint32(at, true).toString(16)}`)
console.log(`${await level()} element`)
