/**
 * Run in a guest: says a sentence on a PL011 serial port, as a driver does: waits for room in the
 * FIFO, then stores one byte. The port's physical address and the sentence are given.
 */
import { mapWindow } from '../../../src/index.ts'

// Arm PrimeCell UART (PL011) Technical Reference Manual, DDI 0183.
const DATA = 0x00
const FLAGS = 0x18
const TRANSMIT_FULL = 1 << 5

const [address, sentence = ''] = process.argv.slice(2)
using port = await mapWindow({ address: Number(address), length: 0x1000 })
for (const byte of Buffer.from(`${sentence}\r\n`)) {
  port.wait32(FLAGS, { mask: TRANSMIT_FULL, equals: 0, timeoutMs: 100 })
  port.write8(DATA, byte)
}
