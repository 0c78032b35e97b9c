import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { virtioStructures } from './virtio.ts'

/** Configuration space with these bytes at these offsets. */
function config(parts: Readonly<Record<number, readonly number[]>>): Uint8Array {
  const bytes = new Uint8Array(256)
  for (const [at, values] of Object.entries(parts)) bytes.set(values, Number(at))
  return bytes
}

/** A vendor capability of 16 bytes: type, BAR, offset and length in units of 4 KiB. */
const structure = (next: number, type: number, bar: number, offset: number, length: number) => [
  ...[9, next, 16, type, bar, 0, 0, 0],
  ...[0, offset << 4, 0, 0],
  ...[0, length << 4, 0, 0],
]

/** The structures of these bytes, and the offsets of the words that are read for them. */
async function look(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const read: number[] = []
  const found = await virtioStructures(async (offset) => {
    read.push(offset)
    return view.getUint32(offset, true)
  }, bytes.length)
  return { found, read }
}

const HEADER = { 6: [0x10], 52: [0x40] }

describe('virtioStructures', () => {
  it('gives what the capabilities point to, in their order', async () => {
    const bytes = config({
      ...HEADER,
      64: structure(0x60, 1, 4, 0, 1),
      96: [0x11, 0x70, 0, 0], // MSI-X
      112: structure(0x84, 3, 4, 1, 1),
      132: structure(0, 4, 4, 2, 1),
    })
    expect((await look(bytes)).found).toEqual([
      { structure: 1, bar: 4, offset: 0, length: 0x1000 },
      { structure: 3, bar: 4, offset: 0x1000, length: 0x1000 },
      { structure: 4, bar: 4, offset: 0x2000, length: 0x1000 },
    ])
  })

  it.each([
    ['has no capabilities', config({ 52: [0x40], 64: structure(0, 1, 4, 0, 1) })],
    ['is shown in part', config({ ...HEADER, 64: structure(0, 1, 4, 0, 1) }).slice(0, 64)],
    [
      'is cut off in a capability',
      config({ ...HEADER, 64: structure(0, 1, 4, 0, 1) }).slice(0, 72),
    ],
    ['names a BAR that there is not', config({ ...HEADER, 64: structure(0, 1, 6, 0, 1) })],
    ['has a shorter capability', config({ ...HEADER, 64: [9, 0, 12, 1] })],
    ['is empty', new Uint8Array(0)],
  ])('gives nothing where it %s', async (_, bytes) => {
    expect((await look(bytes)).found).toEqual([])
  })

  it('ends where capabilities go in a circle', async () => {
    const bytes = config({ ...HEADER, 64: structure(0x40, 1, 4, 0, 1) })
    expect((await look(bytes)).found).toHaveLength(1)
  })

  it('reads no word of the window, whose data is an access to a BAR', async () => {
    const bytes = config({
      ...HEADER,
      64: structure(0x54, 5, 4, 0, 1),
      84: structure(0, 1, 4, 0, 1),
    })
    const { found, read } = await look(bytes)
    expect(found).toEqual([{ structure: 1, bar: 4, offset: 0, length: 0x1000 }])
    expect(read).toEqual([0x04, 0x34, 0x40, 0x54, 0x58, 0x5c, 0x60])
  })

  it('takes any bytes', async () => {
    const bytes = fc
      .uint8Array({ maxLength: 4096 })
      .map((all) => (all.length > 64 ? all.fill(0x10, 6, 7) : all))
    await fc.assert(
      fc.asyncProperty(bytes, async (all) => {
        const { found, read } = await look(all)
        expect(found.length).toBeLessThanOrEqual(48)
        for (const offset of read) expect(offset % 4).toBe(0)
      }),
    )
  })
})
