/**
 * Run in a guest: allocates a buffer as the options say (JSON), fills it through its window, works on
 * its cache lines, prints what it is, and holds it until standard input ends.
 */
import {
  type AllocateOptions,
  allocateBuffer,
  type DmaSafety,
  PhysmemError,
} from '../../../src/index.ts'

/** One line of JSON. */
export interface Report {
  readonly address: number
  readonly bytes: number
  readonly caching: string
  /** What the first and the last word read as after all was done. */
  readonly words: readonly [number, number]
  /** Whether it was all zeros at first. */
  readonly zeros: boolean
  /** How invalidating ended: nothing, or an error's message. */
  readonly invalidated: string
  readonly safety: DmaSafety
}

const [, , text = '{}', pci = ''] = process.argv
const options = JSON.parse(text) as AllocateOptions
const { length } = options
using buffer = await allocateBuffer(options)
const { window } = buffer
const before = window.readBlock(0, 64, buffer.length / 8)
for (let offset = 0; offset < length; offset += 8) {
  window.write64(offset, BigInt(buffer.physicalAddress + offset))
}
window.write32(0, 0xcafe_f00d)
buffer.clean()
buffer.flush(0, 64)
let invalidated = ''
try {
  buffer.invalidate(0, 64)
} catch (error) {
  if (!(error instanceof PhysmemError)) throw error
  invalidated = error.message
}
const report: Report = {
  address: buffer.physicalAddress,
  bytes: buffer.length,
  caching: buffer.caching,
  words: [window.read32(0), window.read32(length - 8)],
  zeros: before.every((byte) => byte === 0),
  invalidated,
  safety: buffer.dmaSafety(pci),
}
process.stdout.write(`${JSON.stringify(report)}\n`)
await new Promise((resolve) => process.stdin.once('end', resolve).resume())
