import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { KernelConfig } from './kernel-config.ts'
import { decodePage, type SpecialTypes, specialTypesOf } from './pagemap.ts'

const nothing = { softDirty: false, exclusive: false, uffdWp: false, filePage: false }

/** Kernels from 6.2 to 6.14 with everything: 23 hwpoison, 24-26 migration, 27-30 device, 31. */
const allSpecialTypes: SpecialTypes = {
  hwpoison: true,
  migration: 3,
  device: 4,
  marker: true,
  swapError: false,
}

function decode(entry: bigint, types: SpecialTypes | undefined = allSpecialTypes) {
  return decodePage(Number(entry & 0xffff_ffffn), Number(entry >> 32n), types)
}

const bit = (number: number) => 1n << BigInt(number)
const special = (type: number, offset: bigint) => bit(62) | (offset << 5n) | BigInt(type)

describe('decodePage', () => {
  it('takes a page that is present', () => {
    expect(decode(0xa180_0000_0001_2345n)).toEqual({
      kind: 'present',
      frame: 0x12345,
      softDirty: true,
      exclusive: true,
      uffdWp: false,
      filePage: true,
    })
    expect(decode(0x8000_00ff_ffff_ffffn)).toEqual({
      ...nothing,
      kind: 'present',
      frame: 2 ** 40 - 1,
    })
  })

  it('takes each mark for itself', () => {
    expect(decode(bit(55))).toEqual({ ...nothing, kind: 'absent', softDirty: true })
    expect(decode(bit(56))).toEqual({ ...nothing, kind: 'absent', exclusive: true })
    expect(decode(bit(57))).toEqual({ ...nothing, kind: 'absent', uffdWp: true })
    expect(decode(bit(61))).toEqual({ ...nothing, kind: 'absent', filePage: true })
  })

  it('never gives frame 0, which means that this reader may not see it', () => {
    expect(decode(bit(63))).toEqual({ ...nothing, kind: 'hidden', present: true })
    expect(decode(bit(62))).toEqual({ ...nothing, kind: 'hidden', present: false })
  })

  it('takes what is absent', () => {
    expect(decode(0n)).toEqual({ ...nothing, kind: 'absent' })
    expect(decode(0x0080_0000_0000_0000n)).toMatchObject({ kind: 'absent' }) // a mapping of /dev/mem
  })

  it('takes what was swapped out', () => {
    expect(decode(special(1, 0x1234n))).toEqual({
      ...nothing,
      kind: 'swap',
      type: 1,
      offset: 0x1234,
    })
    expect(decode(special(0, 1n))).toMatchObject({ kind: 'swap', type: 0, offset: 1 })
    expect(decode(special(22, 2n ** 50n - 1n))).toMatchObject({ type: 22, offset: 2 ** 50 - 1 })
  })

  it('takes a guard region, as a kernel 6.18 showed it', () => {
    expect(decode(0x4400_0000_0000_009fn)).toEqual({ ...nothing, kind: 'guard' })
    expect(decode(special(31, 4n))).toEqual({ ...nothing, kind: 'guard' }) // before 6.15
    expect(decode(bit(62) | bit(58))).toEqual({ ...nothing, kind: 'guard' }) // all else hidden
  })

  it.each([
    [special(23, 0x99n), { kind: 'hwpoison', frame: 0x99 }],
    [special(24, 0x99n), { kind: 'migration', frame: 0x99 }],
    [special(26, 0x99n), { kind: 'migration', frame: 0x99 }],
    [special(27, 0x99n), { kind: 'device', access: 'private', frame: 0x99 }],
    [special(28, 0x99n), { kind: 'device', access: 'private', frame: 0x99 }],
    [special(29, 0x99n), { kind: 'device', access: 'exclusive', frame: 0x99 }],
    [special(30, 0x99n), { kind: 'device', access: 'exclusive', frame: 0x99 }],
    [special(31, 1n) | bit(57), { kind: 'marker', poisoned: false, uffdWp: true }],
    [special(31, 2n), { kind: 'marker', poisoned: true }],
    [special(31, 8n), { kind: 'unknown', type: 31, offset: 8 }],
    [special(24, 2n ** 40n), { kind: 'unknown', type: 24, offset: 2 ** 40 }],
  ])('takes %# as a kernel with everything means it', (entry, meaning) => {
    expect(decode(entry)).toMatchObject(meaning)
  })

  it('takes the types of a kernel without CONFIG_DEVICE_PRIVATE, as Debian builds them', () => {
    const types = { ...allSpecialTypes, device: 0 } as const
    const kinds = [26, 27, 28, 29, 30, 31].map((type) => decode(special(type, 2n), types).kind)
    expect(kinds).toEqual(['swap', 'hwpoison', 'migration', 'migration', 'migration', 'marker'])
  })

  it('knows that on 6.1 the highest type is an error of swap, and the marker below it', () => {
    const types = { ...allSpecialTypes, device: 0, swapError: true } as const
    expect(decode(special(31, 0x77n), types)).toMatchObject({ kind: 'marker', poisoned: true })
    expect(decode(special(30, 1n), types)).toMatchObject({ kind: 'marker', poisoned: false })
    expect(decode(special(29, 1n), types)).toMatchObject({ kind: 'migration' })
  })

  it('knows what is certain where nothing tells the types', () => {
    const kind = (entry: bigint) =>
      decodePage(Number(entry & 0xffff_ffffn), Number(entry >> 32n)).kind
    expect(kind(special(22, 9n))).toBe('swap')
    for (let type = 23; type < 31; type++) expect(kind(special(type, 9n))).toBe('unknown')
    expect(kind(special(31, 2n))).toBe('marker')
    expect(kind(special(31, 4n))).toBe('guard')
    expect(kind(bit(63) | 5n)).toBe('present')
  })

  it('has swap up to 31 where there is nothing else', () => {
    const types: SpecialTypes = {
      hwpoison: false,
      migration: 0,
      device: 0,
      marker: false,
      swapError: false,
    }
    expect(decode(special(31, 5n), types)).toMatchObject({ kind: 'swap', type: 31, offset: 5 })
  })

  it('gives of any 64 bits only frames that can be', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (entry) => {
        const page = decode(entry)
        if ('frame' in page) {
          expect(Number.isSafeInteger(page.frame)).toBe(true)
          expect(page.frame < 2 ** 40).toBe(true)
          expect(page.kind === 'present').toBe((entry & bit(63)) !== 0n)
        }
        if ('offset' in page) expect(Number.isSafeInteger(page.offset)).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })

  it('gives back what was put together', () => {
    const frame = fc.integer({ min: 1, max: 2 ** 40 - 1 })
    fc.assert(
      fc.property(frame, fc.nat(15), (frame, marks) => {
        const [softDirty, exclusive, uffdWp, filePage] = [1, 2, 4, 8].map((m) => (marks & m) !== 0)
        const bits =
          (softDirty ? bit(55) : 0n) |
          (exclusive ? bit(56) : 0n) |
          (uffdWp ? bit(57) : 0n) |
          (filePage ? bit(61) : 0n)
        const expected = { kind: 'present', frame, softDirty, exclusive, uffdWp, filePage }
        expect(decode(bit(63) | bits | BigInt(frame))).toEqual(expected)
      }),
    )
  })

  it('takes the upper half as a signed number, too', () => {
    expect(decodePage(-1, 0x8000_0000 | 0)).toMatchObject({ kind: 'present', frame: 2 ** 32 - 1 })
  })
})

describe('specialTypesOf', () => {
  const debian = new KernelConfig('CONFIG_MEMORY_FAILURE=y\nCONFIG_MIGRATION=y\n', '/x')
  const full = new KernelConfig(
    'CONFIG_MEMORY_FAILURE=y\nCONFIG_MIGRATION=y\nCONFIG_DEVICE_PRIVATE=y\n',
    '/x',
  )
  const none = new KernelConfig('CONFIG_PTE_MARKER=y\n', '/x')

  it.each([
    [full, '6.12.48-amd64', allSpecialTypes],
    [debian, '6.12.48-amd64', { ...allSpecialTypes, device: 0 }],
    [full, '6.18.0', { ...allSpecialTypes, device: 3 }],
    [debian, '6.1.0-40-amd64', { ...allSpecialTypes, device: 0, marker: false, swapError: true }],
    [full, '5.15.0', { ...allSpecialTypes, migration: 2, marker: false }],
    [full, '5.10.0', { ...allSpecialTypes, migration: 2, device: 2, marker: false }],
    [none, '6.1', { hwpoison: false, migration: 0, device: 0, marker: true, swapError: true }],
  ] as const)('%# %s', (config, release, types) => {
    expect(specialTypesOf(release, (name) => config.get(name) === 'y')).toEqual(types)
  })
})
