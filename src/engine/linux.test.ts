import { execFile } from 'node:child_process'
import { closeSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { loadAddon } from './addon.ts'

const addon = loadAddon()
const file = fileURLToPath(
  new URL(`../../prebuilds/linux-${process.arch}/physmem.node`, import.meta.url),
)

/** The entry of an address in this process's pagemap: its frame reads as 0 without privilege. */
function entryOf(address: bigint): bigint {
  const entry = Buffer.alloc(8)
  const fd = openSync('/proc/self/pagemap', 'r')
  try {
    readSync(fd, entry, 0, 8, Number(address / BigInt(addon.pageSize)) * 8)
  } finally {
    closeSync(fd)
  }
  return entry.readBigUInt64LE()
}

describe('a page of this process', () => {
  it('has a frame, and keeps what is written', () => {
    const page = addon.ownPage()
    expect(page.address % BigInt(addon.pageSize)).toBe(0n)
    expect(entryOf(page.address) >> 63n).toBe(1n)
    page.write32(8, 0xdead_beef)
    page.write32(addon.pageSize - 4, 7)
    expect([0, 4, 8, 12].map((offset) => page.read32(offset))).toEqual([0, 0, 0xdead_beef, 0])
    expect(page.read32(addon.pageSize - 4)).toBe(7)
    page.close()
  })

  it('is held where it is by a pipe, which ends with it', () => {
    const pipes = () =>
      readdirSync('/proc/self/fd').filter((fd) => {
        try {
          return readlinkSync(`/proc/self/fd/${fd}`).startsWith('pipe:')
        } catch {
          return false
        }
      }).length
    const before = pipes()
    const page = addon.ownPage()
    expect({ pinned: page.pinned, pipes: pipes() }).toEqual({ pinned: true, pipes: before + 2 })
    const entry = entryOf(page.address)
    page.write32(0, 1)
    expect(entryOf(page.address)).toBe(entry)
    page.close()
    expect(pipes()).toBe(before)
  })

  it('lives as long as one of its functions', async () => {
    const script = `
      const { ownPage } = require(${JSON.stringify(file)})
      const { read32, write32 } = ownPage()
      write32(0, 399)
      setImmediate(() => { gc(); setImmediate(() => { gc(); console.log(read32(0)) }) })`
    const node = promisify(execFile)(process.execPath, ['--expose-gc', '-e', script])
    expect((await node).stdout).toBe('399\n')
  })

  it('refuses what is outside, misaligned or closed', () => {
    const page = addon.ownPage()
    for (const offset of [-4, 2, addon.pageSize, addon.pageSize - 2]) {
      expect(() => page.read32(offset)).toThrow('outside of the page')
      expect(() => page.write32(offset, 0)).toThrow('outside of the page')
    }
    page.close()
    page.close()
    expect(() => page.read32(0)).toThrow('outside of the page')
  })
})

describe('PAGEMAP_SCAN', () => {
  it('gives a negative errno for what is not a pagemap', () => {
    const fd = openSync('/proc/self/stat', 'r')
    try {
      const answer = addon.pagemapScan(fd, new BigUint64Array(12), new BigUint64Array(3))
      expect(answer).toBe(-25) // ENOTTY
    } finally {
      closeSync(fd)
    }
  })

  it('refuses a request of another size', () => {
    expect(() => addon.pagemapScan(0, new BigUint64Array(11), new BigUint64Array(3))).toThrow(
      'bad arguments',
    )
  })
})
