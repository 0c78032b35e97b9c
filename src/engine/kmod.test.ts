import { closeSync, openSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { loadAddon } from './addon.ts'

const addon = loadAddon()

/** _IOR(0xBE, 0, 16 bytes), of no device that is open here. */
const SIXTEEN_BYTES = 0x8010be00

describe('ioctl', () => {
  it('gives a negative errno for a device that does not know the request', () => {
    const fd = openSync('/dev/null', 'r')
    try {
      expect(addon.ioctl(fd, SIXTEEN_BYTES, new Uint8Array(16))).toBe(-25) // ENOTTY
    } finally {
      closeSync(fd)
    }
    expect(addon.ioctl(-1, SIXTEEN_BYTES, new Uint8Array(16))).toBe(-9) // EBADF
  })

  it('exchanges as many bytes as the request says, and no others', () => {
    for (const length of [0, 15, 17, 16384]) {
      expect(() => addon.ioctl(0, SIXTEEN_BYTES, new Uint8Array(length))).toThrow(
        'the request is for another number of bytes',
      )
    }
    expect(() => addon.ioctl(0, 0x5451, new Uint8Array(0))).toThrow('another number of bytes')
    expect(() => addon.ioctl(0, 2 ** 32, new Uint8Array(16))).toThrow('another number of bytes')
  })

  it('gives back what the kernel wrote', () => {
    // RNDGETENTCNT of drivers/char/random.c: _IOR('R', 0, int).
    const fd = openSync('/dev/urandom', 'r')
    const bytes = new Uint8Array(4).fill(0xff)
    try {
      expect(addon.ioctl(fd, 0x80045200, bytes)).toBe(0)
      expect(new DataView(bytes.buffer).getInt32(0, true)).toBeGreaterThanOrEqual(0)
    } finally {
      closeSync(fd)
    }
  })
})
