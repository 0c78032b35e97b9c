import assert from 'node:assert/strict'
import { WIDTHS } from '../../../base/width.ts'
import { assertSaid, at, load, store, untyped, type WindowCase, zero } from './case.ts'

/** What a window loads, stores, updates, moves and waits for. */
export const accessCases: readonly WindowCase[] = [
  {
    name: 'stores and loads every width at every offset that it may have, and nothing beside it',
    check({ window }) {
      for (const width of WIDTHS) {
        const bytes = width / 8
        for (let offset = 0; offset < 64; offset += bytes) {
          window.writeBlock(0, 8, new Uint8Array(64).fill(0xa5))
          const value = 0x8123_4567_89ab_cdefn >> BigInt(64 - width)
          store(window, width, offset, value)
          assert.equal(load(window, width, offset), value)
          const expected = Buffer.alloc(64, 0xa5)
          const low = Buffer.alloc(8)
          low.writeBigUInt64LE(value)
          low.copy(expected, offset, 0, bytes)
          assert.deepEqual(Buffer.from(window.readBlock(0, 8, 64)), expected)
        }
      }
    },
  },
  {
    name: 'updates the bits of the mask and says what was there and what is',
    check(subject) {
      const { window } = subject
      zero(subject)
      window.write32(8, 0xf0f0_f0f0)
      const updated = window.update32(8, 0x8000_00ff, 0x7fff_ff12)
      assert.deepEqual(updated, { old: 0xf0f0_f0f0, written: 0x70f0_f012 })
      assert.equal(window.read32(8), 0x70f0_f012)
      window.write8(1, 0xff)
      assert.deepEqual(window.update8(1, 0x0f, 0x03), { old: 0xff, written: 0xf3 })
      assert.equal(window.read16(0), 0xf300)
      const halves = window.update16(0, 0xffff, 0x1234)
      assert.deepEqual(halves, { old: 0xf300, written: 0x1234 })
      window.write64(16, 0xffff_ffff_ffff_ffffn)
      const wide = window.update64(16, 0xffff_ffff_0000_0000n, 0n)
      assert.deepEqual(wide, { old: 0xffff_ffff_ffff_ffffn, written: 0xffff_ffffn })
      window.write32(8, 0)
      assert.equal(window.update32(8, 1 << 31, -1).written, 2 ** 31)
      assert.equal(window.read64(16), 0xffff_ffffn)
    },
  },
  {
    name: 'takes the width as an argument, too',
    check(subject) {
      const { window } = subject
      zero(subject)
      for (const width of WIDTHS) {
        const ones = (1n << BigInt(width)) - 1n
        window.write(0, width, ones)
        assert.equal(BigInt(window.read(0, width)), ones)
        const { old, written } = window.update(0, width, 0xf, 0x5)
        assert.deepEqual([BigInt(old), BigInt(written)], [ones, ones - 10n])
        assert.equal(typeof window.read(0, width), width === 64 ? 'bigint' : 'number')
        const seen = window.wait(0, width, { mask: 0xf, equals: 5, timeoutMs: 5 }).value
        assert.equal(BigInt(seen), ones - 10n)
        window.fill(64, width, 4, ones - 10n)
        const filled = window.readBlock(64, 8, width / 2 + 8)
        zero(subject)
        for (let nth = 0; nth < 4; nth++) window.write(64 + (nth * width) / 8, width, ones - 10n)
        assert.deepEqual(filled, window.readBlock(64, 8, width / 2 + 8))
      }
    },
  },
  {
    name: 'takes the negative numbers that | and ~ give, as value and as mask',
    check(subject) {
      const { window } = subject
      zero(subject)
      window.write32(0, 0x8000_0000)
      window.write32(0, window.read32(0) | 1)
      assert.equal(window.read32(0), 0x8000_0001)
      window.write8(0, ~1)
      window.write16(2, ~1)
      window.write64(8, ~1n)
      assert.deepEqual([window.read8(0), window.read16(2)], [0xfe, 0xfffe])
      assert.equal(window.update8(0, ~0x80, ~0x7f).old, 0xfe)
      assert.equal(window.update16(2, ~0x8000, -0x8000).old, 0xfffe)
      assert.equal(window.update64(8, ~(1n << 63n), -(1n << 63n)).old, 2n ** 64n - 2n)
      assert.deepEqual(
        [window.read8(0), window.read16(2), window.read64(8)],
        [0x80, 0x8000, 2n ** 63n],
      )
      window.write32(4, 1 << 31)
      const top = { mask: 1 << 31, equals: 1 << 31, timeoutMs: 5 }
      assert.equal(window.wait32(4, top).value, 2 ** 31)
      assert.equal(window.wait8(0, { equals: -0x80, timeoutMs: 5 }).value, 0x80)
      const all = { mask: -1n, equals: -(1n << 63n), timeoutMs: 5 }
      assert.equal(window.wait64(8, all).value, 2n ** 63n)
    },
  },
  {
    name: 'takes bigints at every width, and numbers at 64 bits as far as they are exact',
    check(subject) {
      const { window } = subject
      zero(subject)
      window.write8(0, untyped(0x12n))
      window.write16(2, untyped(0x3456n))
      window.write32(4, untyped(-1n))
      assert.deepEqual(
        [window.read8(0), window.read16(2), window.read32(4)],
        [0x12, 0x3456, 0xffff_ffff],
      )
      assert.equal(window.update8(0, untyped(0xf0n), untyped(0x20n)).old, 0x12)
      assert.equal(window.update16(2, untyped(0xffn), 0).old, 0x3456)
      assert.equal(window.update32(4, untyped(1n), untyped(0n)).old, 0xffff_ffff)
      assert.deepEqual(
        [window.read8(0), window.read16(2), window.read32(4)],
        [0x22, 0x3400, 0xffff_fffe],
      )
      window.write64(8, 5)
      assert.equal(window.update64(8, 0xf0, 0x20).old, 5n)
      assert.equal(window.wait64(8, { mask: 0xff, equals: 0x25, timeoutMs: 5 }).value, 0x25n)
    },
  },
  {
    name: 'moves blocks, rising and fixed',
    check(subject) {
      const { window } = subject
      const bytes = Uint8Array.from({ length: 1024 + 64 }, (_, i) => i * 7)
      window.writeBlock(64, 32, bytes)
      assert.deepEqual(window.readBlock(64, 16, bytes.length / 2), bytes)
      zero(subject)
      window.writeBlock(0, 32, Uint8Array.of(1, 0, 0, 0, 2, 0, 0, 0), 'fixed')
      assert.deepEqual([window.read32(0), window.read32(4)], [2, 0])
      const twice = Uint8Array.of(2, 0, 0, 0, 2, 0, 0, 0)
      assert.deepEqual(window.readBlock(0, 32, 2, 'fixed'), twice)
    },
  },
  {
    name: 'stores a Node Buffer that starts at any byte',
    check({ window }) {
      const bytes = Uint8Array.from({ length: 16 }, (_, i) => i + 1)
      for (const width of WIDTHS) {
        for (let start = 0; start < 8; start++) {
          const data = Buffer.allocUnsafeSlow(32).subarray(start, start + bytes.length)
          data.set(bytes)
          window.writeBlock(64, 8, new Uint8Array(bytes.length))
          window.writeBlock(64, width, data)
          assert.deepEqual(window.readBlock(64, 8, bytes.length), bytes)
        }
      }
    },
  },
  {
    name: 'waits until a value is there or gone, or says what it saw',
    check(subject) {
      const { window } = subject
      zero(subject)
      window.write32(0, 2)
      assert.equal(window.wait32(0, { mask: 3, equals: 2 }).value, 2)
      assert.equal(window.wait16(0, { equals: 3, negate: true }).value, 2)
      const late = `ETIMEOUT wait at ${at(subject, 0)} timed out after 5 ms:`
      assertSaid(() => window.wait32(0, { equals: 3, timeoutMs: 5 }), `${late} 0x2 is not 0x3`)
      assertSaid(
        () => window.wait32(0, { mask: 1, equals: 1, timeoutMs: 5 }),
        `${late} (0x2 & 0x1) is not 0x1`,
      )
      window.fence()
    },
  },
]
