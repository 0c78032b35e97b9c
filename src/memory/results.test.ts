import { describe, expect, it } from 'vitest'
import { Program } from './program.ts'
import { Results } from './results.ts'

const program = new Program([
  { op: 'read', address: 0, width: 32 },
  { op: 'update', address: 0, width: 64, mask: 1, value: 1 },
  { op: 'wait', address: 0, width: 8, mask: 1, equals: 1, timeoutMs: 1 },
  { op: 'readBlock', address: 0, width: 16, count: 3 },
  { op: 'write', address: 0, width: 8, value: 1 },
])
const cells = BigUint64Array.of(
  ...[0xffff_ffffn, 0n],
  ...[0xffff_ffff_ffff_fffen, 0xffff_ffff_ffff_ffffn],
  ...[0x81n, 2500n],
  ...[0n, 0n],
  ...[0n, 0n],
)
const data = Uint8Array.of(1, 2, 3, 4, 5, 6, 0, 0)

const upTo = (done: number) => new Results(program, { done, cells, data })

describe('Results', () => {
  it('gives what each step brought', () => {
    const results = upTo(5)
    expect(results.value(0)).toBe(0xffff_ffff)
    expect(results.value(1)).toBe(0xffff_ffff_ffff_fffen)
    expect(results.written(1)).toBe(0xffff_ffff_ffff_ffffn)
    expect(results.value(2)).toBe(0x81)
    expect(results.elapsedUs(2)).toBe(2.5)
    expect([...results.bytes(3)]).toEqual([1, 2, 3, 4, 5, 6])
  })

  it.each<[string, (r: Results) => unknown]>([
    ['step 4 is a write step: it has no value', (r) => r.value(4)],
    ['step 3 is a readBlock step: it has no value', (r) => r.value(3)],
    ['step 0 is a read step: it has no stored value', (r) => r.written(0)],
    ['step 0 is a read step: it has no duration', (r) => r.elapsedUs(0)],
    ['step 0 is a read step: it has no bytes', (r) => r.bytes(0)],
    ['step 0 is a read step: it has no bytes', (r) => r.partialBytes(0, 1)],
  ])('refuses with "%s"', (message, get) => {
    expect(() => get(upTo(5))).toThrow(expect.objectContaining({ code: 'EUSAGE', message }))
  })

  it('has nothing for steps that were not done, and never a zero', () => {
    const results = upTo(1)
    expect(results.value(0)).toBe(0xffff_ffff)
    for (const get of [
      () => results.value(1),
      () => results.written(1),
      () => results.bytes(3),
      () => results.partialBytes(3, 1),
    ]) {
      expect(get).toThrow(/^step \d has no result: 1 steps were done$/)
    }
    expect(() => results.value(9)).toThrow('step 9 has no result: 1 steps were done')
    expect(() => results.value(-1)).toThrow('step -1 has no result: 1 steps were done')
  })

  it('gives the leading elements of a block that failed', () => {
    const results = upTo(3)
    expect([...results.partialBytes(3, 2)]).toEqual([1, 2, 3, 4])
    expect(results.partialBytes(3, 0)).toHaveLength(0)
    expect(() => results.partialBytes(3, 4)).toThrow('4 elements of a block of 3')
  })

  it('tells what a wait that failed saw last', () => {
    expect(upTo(2).lastSeen(2)).toBe(0x81)
  })
})
