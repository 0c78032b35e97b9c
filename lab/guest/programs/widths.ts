/**
 * Run in a guest: fills 64 bytes of physical memory, given by their address, by stores of every
 * width: one half by a memory, the other by a window. Prints as JSON what loads of every width see.
 */
import { mapWindow, open } from '../../../src/index.ts'

const base = Number(process.argv[2])
await using memory = await open()
using window = await mapWindow({ address: base + 32, length: 32 })

await memory.write64(base, 0x0123456789abcdefn)
await memory.write32(base + 8, 0xdeadbeef)
await memory.write32(base + 12, 0)
for (let at = 16; at < 24; at += 2) await memory.write16(base + at, 0xca00 + at)
for (let at = 24; at < 32; at++) await memory.write8(base + at, 0x80 + at)
window.write64(0, 0x0123456789abcdefn)
window.write32(8, 0xdeadbeef)
window.write32(12, 0)
for (let at = 16; at < 24; at += 2) window.write16(at, 0xca00 + at)
for (let at = 24; at < 32; at++) window.write8(at, 0x80 + at)

const hex = (value: number | bigint, width: number): string =>
  value.toString(16).padStart(width / 4, '0')

const load: Record<number, (at: number) => number | bigint> = {
  8: (at) => window.read8(at),
  16: (at) => window.read16(at),
  32: (at) => window.read32(at),
  64: (at) => window.read64(at),
}

const seen: Record<string, string[]> = {}
for (const width of [8, 16, 32, 64] as const) {
  const offsets = Array.from({ length: 256 / width }, (_, index) => (index * width) / 8)
  const values: (number | bigint)[] = []
  for (const at of offsets) values.push(await memory.read(base + at, width))
  seen[`memory, ${width} bits`] = values.map((value) => hex(value, width))
  seen[`window, ${width} bits`] = offsets.map((at) => hex(load[width]?.(at) ?? 0, width))
}
console.log(JSON.stringify(seen))
