import { describe, expect, it } from 'vitest'
import { addressToldBy, shownAddress } from '../../../operate/shown-address.ts'
import { parsePlace } from '../../../place/place.ts'

describe('an address for people', () => {
  it.each([
    [0n, 0xfed0_0000, 0xfed0_0000],
    // Virtual addresses of 52 bits, as arm64 may have them, are exact numbers.
    [2n ** 48n, 5, 2 ** 48 + 5],
    [2n ** 53n - 2n ** 48n, 2 ** 48 - 1, 2 ** 53 - 1],
    [2n ** 53n - 2n ** 48n, 2 ** 48, 2n ** 53n],
    [0xffff_0000_0000_0000n, 0xffff_8100_0000, 0xffff_ffff_8100_0000n],
  ])('of a memory from %s on at %s is %s', (origin, address, shown) => {
    expect(shownAddress({ origin }, address)).toBe(shown)
  })

  it.each([
    ['0xfed00000', 0xfed0_0000],
    ['pid:1:0x7ffc0000+8', 0x7ffc_0008],
    ['kernel:0xffffffff81000000+8', 0xffff_ffff_8100_0008n],
    ['kernel:jiffies+8', undefined],
    ['iomem:HPET 0+8', undefined],
    ['pci:00:04.0/bar0+8', 8],
  ])('of %s, which was not found, is what it tells itself: %s', (place, shown) => {
    expect(addressToldBy(parsePlace(place))).toBe(shown)
  })
})
