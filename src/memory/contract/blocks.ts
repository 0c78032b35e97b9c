import assert from 'node:assert/strict'
import { Program } from '../program.ts'
import { bytesOf, type ContractCase, typed, zero } from './case.ts'

/** Blocks and fills. */
export const blockCases: readonly ContractCase[] = [
  {
    name: 'writes and reads blocks of every width as they lie in memory',
    async check(subject) {
      const { memory, base, widths } = subject
      for (const width of widths) {
        const data = bytesOf(1024, width)
        await zero(subject)
        await memory.writeBlock(base + 8, width, data)
        assert.deepEqual(await memory.readBlock(base + 8, width, 1024 / (width / 8)), data)
        assert.deepEqual(await memory.readBlock(base + 8, 8, 1024), data, `${width} bits, by bytes`)
        assert.equal(await memory.read8(base + 7), 0)
        assert.equal(await memory.read8(base + 8 + 1024), 0)
      }
    },
  },
  {
    name: 'reads and writes the whole stretch in one block',
    async check({ memory, base, length }) {
      const data = bytesOf(length, 3)
      await memory.writeBlock(base, 32, data)
      assert.deepEqual(await memory.readBlock(base, 32, length / 4), data)
    },
  },
  {
    name: 'takes blocks that begin at any element',
    async check({ memory, base, widths }) {
      for (const width of widths) {
        const bytes = width / 8
        for (const [offset, count] of [
          [0, 1],
          [1, 1],
          [1, 7],
          [3, 9],
          [5, 2],
        ] as const) {
          const data = bytesOf(count * bytes, offset)
          await memory.writeBlock(base + offset * bytes, width, data)
          assert.deepEqual(await memory.readBlock(base + offset * bytes, width, count), data)
        }
      }
    },
  },
  {
    name: 'writes data that begins at an odd offset of its buffer',
    async check({ memory, base, widths }) {
      for (const width of widths) {
        const data = bytesOf(67, 5).subarray(3)
        await memory.writeBlock(base, width, data)
        assert.deepEqual(await memory.readBlock(base, 8, 64), Uint8Array.from(data))
      }
    },
  },
  {
    name: 'makes every access of a fixed block at the same address',
    async check(subject) {
      const { memory, base, widths } = subject
      for (const width of widths) {
        const bytes = width / 8
        const data = bytesOf(8 * bytes, 9)
        await zero(subject, 128)
        await memory.writeBlock(base, width, data, 'fixed')
        const last = data.slice(-bytes)
        assert.deepEqual(await memory.readBlock(base, 8, bytes), last)
        assert.equal(await memory.read8(base + bytes), 0)
        const repeated = Uint8Array.from({ length: 4 * bytes }, (_, i) => last[i % bytes] as number)
        assert.deepEqual(await memory.readBlock(base, width, 4, 'fixed'), repeated)
      }
    },
  },
  {
    name: 'fills with every width',
    async check(subject) {
      const { memory, base, widths } = subject
      for (const width of widths) {
        const value = typed(0x8877_6655_4433_2211n, width)
        await zero(subject)
        await memory.fill(base + 8, width, 17, value)
        for (let i = 0; i < 17; i++) {
          assert.equal(await memory.read(base + 8 + i * (width / 8), width), value)
        }
        assert.equal(await memory.read8(base + 7), 0)
        assert.equal(await memory.read8(base + 8 + 17 * (width / 8)), 0)
      }
    },
  },
  {
    name: 'keeps several blocks of one program apart',
    async check({ memory, base }) {
      const [a, b] = [bytesOf(13, 1), bytesOf(6, 2)]
      const results = await memory.run(
        new Program([
          { op: 'writeBlock', address: base, width: 8, data: a },
          { op: 'writeBlock', address: base + 64, width: 16, data: b },
          { op: 'readBlock', address: base, width: 8, count: 13 },
          { op: 'readBlock', address: base + 64, width: 16, count: 3 },
          { op: 'readBlock', address: base + 1, width: 8, count: 3 },
        ]),
      )
      assert.deepEqual(Uint8Array.from(results.bytes(2)), a)
      assert.deepEqual(Uint8Array.from(results.bytes(3)), b)
      assert.deepEqual(Uint8Array.from(results.bytes(4)), a.slice(1, 4))
    },
  },
]
