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

const HEADER = { 6: [0x10], 52: [0x40] }

describe('virtioStructures', () => {
  it('gives what the capabilities point to, in their order', () => {
    const bytes = config({
      ...HEADER,
      64: structure(0x60, 1, 4, 0, 1),
      96: [0x11, 0x70, 0, 0], // MSI-X
      112: structure(0x84, 3, 4, 1, 1),
      132: structure(0, 4, 4, 2, 1),
    })
    expect(virtioStructures(bytes)).toEqual([
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
  ])('gives nothing where it %s', (_, bytes) => {
    expect(virtioStructures(bytes)).toEqual([])
  })

  it('ends where capabilities go in a circle', () => {
    const bytes = config({ ...HEADER, 64: structure(0x40, 1, 4, 0, 1) })
    expect(virtioStructures(bytes)).toHaveLength(48)
  })

  it('takes any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 4096 }), (bytes) => {
        expect(virtioStructures(bytes).length).toBeLessThanOrEqual(48)
      }),
    )
  })
})
