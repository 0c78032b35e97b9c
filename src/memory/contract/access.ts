import assert from 'node:assert/strict'
import { Program } from '../program.ts'
import type { Step } from '../step.ts'
import { all, type ContractCase, typed, zero } from './case.ts'

const PATTERN = 0xf1e2_d3c4_b5a6_9788n

/** Single accesses: widths, layout, update, wait. */
export const accessCases: readonly ContractCase[] = [
  {
    name: 'writes and reads every width at every aligned offset, and changes nothing beside it',
    async check(subject) {
      const { memory, base, widths } = subject
      for (const width of widths) {
        const bytes = width / 8
        await zero(subject, 96)
        for (let offset = 0; offset < 64; offset += bytes) {
          const address = base + 16 + offset
          const value = typed(PATTERN + BigInt(offset), width)
          await memory.write(address, width, value)
          assert.equal(await memory.read(address, width), value, `${width} bits at ${offset}`)
          const after = await memory.readBlock(address + bytes, 8, 8)
          assert.deepEqual([...after], [0, 0, 0, 0, 0, 0, 0, 0], `${width} bits beside ${offset}`)
        }
        const before = await memory.readBlock(base, 8, 16)
        assert.deepEqual([...before], new Array(16).fill(0))
      }
    },
  },
  {
    name: 'lays values out little-endian, as other widths see them',
    async check({ memory, base, widths }) {
      for (const written of widths) {
        await memory.write(base, written, typed(PATTERN, written))
        for (const seen of widths) {
          for (let bit = 0; bit < written && seen <= written; bit += seen) {
            const expected = typed((PATTERN & all(written)) >> BigInt(bit), seen)
            assert.equal(await memory.read(base + bit / 8, seen), expected, `${written} by ${seen}`)
          }
        }
      }
    },
  },
  {
    name: 'keeps every bit of the largest and the smallest value',
    async check({ memory, base, widths }) {
      for (const width of widths) {
        for (const value of [typed(all(width), width), typed(0n, width)]) {
          await memory.write(base, width, value)
          assert.equal(await memory.read(base, width), value)
        }
      }
    },
  },
  {
    name: 'takes negative values and masks as | and ~ give them',
    async check({ memory, base, widths }) {
      for (const width of widths) {
        const minus = (value: bigint) => (width === 64 ? -value : Number(-value))
        const top = 1n << BigInt(width - 1)
        await memory.write(base, width, minus(2n))
        assert.equal(await memory.read(base, width), typed(-2n, width))
        const updated = await memory.update(base, width, minus(top + 1n), minus(1n))
        assert.equal(updated.written, typed(-1n, width))
        await memory.fill(base, width, 2, minus(top))
        assert.equal(await memory.read(base + width / 8, width), typed(top, width))
        const condition = { mask: minus(top), equals: minus(top), timeoutMs: 1000 }
        assert.equal((await memory.wait(base, width, condition)).value, typed(top, width))
      }
    },
  },
  {
    name: 'takes a number or a bigint as value, and returns a bigint at 64 bits only',
    async check({ memory, base, widths }) {
      for (const width of widths) {
        for (const value of [5, 5n]) {
          await memory.write(base, width, value)
          assert.equal(await memory.read(base, width), width === 64 ? 5n : 5)
        }
      }
    },
  },
  {
    name: 'updates the masked bits only, and tells the old and the stored value',
    async check({ memory, base, widths }) {
      for (const width of widths) {
        const old = typed(PATTERN, width)
        const mask = typed(0x0ff0_0ff0_0ff0_0ff0n >> (width === 8 ? 4n : 0n), width)
        const written = typed(
          (PATTERN & ~BigInt(mask)) | (0x5555_5555_5555_5555n & BigInt(mask)),
          width,
        )
        await memory.write(base, width, old)
        const result = await memory.update(base, width, mask, typed(0x5555_5555_5555_5555n, width))
        assert.deepEqual(result, { old, written })
        assert.equal(await memory.read(base, width), written)
      }
    },
  },
  {
    name: 'ends a wait at once when its condition holds already',
    async check({ memory, base, widths }) {
      for (const width of widths) {
        const value = typed(PATTERN, width)
        await memory.write(base, width, value)
        const met = await memory.wait(base, width, { equals: value, timeoutMs: 0 })
        assert.equal(met.value, value)
        assert.ok(met.elapsedUs >= 0 && met.elapsedUs < 5e6, `elapsed ${met.elapsedUs} us`)
        const masked = await memory.wait(base, width, { mask: 0x81, equals: 0x80, timeoutMs: 0 })
        assert.equal(masked.value, value)
        const other = await memory.wait(base, width, { equals: 1, negate: true, timeoutMs: 0 })
        assert.equal(other.value, value)
      }
    },
  },
  {
    name: 'makes the accesses of a program in the order of its steps',
    async check({ memory, base }) {
      const at = { address: base, width: 32 } as const
      const steps: Step[] = [
        { op: 'write', ...at, value: 1 },
        { op: 'read', ...at },
        { op: 'write', ...at, value: 0x22 },
        { op: 'fence' },
        { op: 'read', ...at },
        { op: 'update', ...at, mask: 0xf0, value: 0x50 },
        { op: 'wait', ...at, mask: 0xff, equals: 0x52, timeoutMs: 0 },
        { op: 'writeBlock', ...at, data: Uint8Array.of(7, 0, 0, 0) },
        { op: 'delay', us: 10 },
        { op: 'readBlock', ...at, count: 1 },
        { op: 'fill', ...at, count: 1, value: 9 },
        { op: 'read', ...at },
      ]
      const results = await memory.run(new Program(steps))
      assert.equal(results.done, steps.length)
      assert.equal(results.value(1), 1)
      assert.equal(results.value(4), 0x22)
      assert.deepEqual([results.value(5), results.written(5)], [0x22, 0x52])
      assert.equal(results.value(6), 0x52)
      assert.deepEqual([...results.bytes(9)], [7, 0, 0, 0])
      assert.equal(results.value(11), 9)
    },
  },
]
