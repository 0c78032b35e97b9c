import { readdirSync } from 'node:fs'
import { constants } from 'node:os'
import { describe, expect, it } from 'vitest'
import { loadAddon } from './addon.ts'

const addon = loadAddon()

function errnoOf(bytes: number, pageShift: number): number | undefined {
  try {
    addon.hugePages(bytes, pageShift).close()
    return undefined
  } catch (error) {
    return (error as { errno?: number }).errno
  }
}

/** What is got from them is tested in a virtual machine, which can have some: lab/tests/buffer/buffer.test.ts. */
describe('huge pages', () => {
  it('are refused with ENOMEM where there are not as many', () => {
    const before = readdirSync('/proc/self/fd').length
    expect(errnoOf(2 ** 40, 0)).toBe(constants.errno.ENOMEM)
    expect(readdirSync('/proc/self/fd').length).toBe(before)
  })

  it('are refused where the CPU has none of that size', () => {
    // hugetlb_file_setup(): ENODEV for a size that there is not.
    expect([constants.errno.ENODEV, constants.errno.EINVAL]).toContain(errnoOf(1, 13))
  })

  it('have no nonsensical length or size', () => {
    for (const bytes of [0, -1, Number.NaN]) {
      expect(() => addon.hugePages(bytes, 0)).toThrow('bad arguments')
    }
    for (const shift of [-1, 64, Number.NaN]) {
      expect(() => addon.hugePages(1, shift)).toThrow('bad arguments')
    }
    expect(errnoOf(Number.MAX_VALUE, 0)).toBe(constants.errno.EINVAL)
  })
})
