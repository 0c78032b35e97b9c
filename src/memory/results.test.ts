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
    ['step 1 is an update step: it has no bytes', (r) => r.bytes(1)],
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
      expect(get).toThrow(/^step \d has no result: 1 step was done$/)
    }
    expect(() => results.value(9)).toThrow('step 9 has no result: 1 step was done')
    expect(() => results.value(-1)).toThrow('step -1 has no result: 1 step was done')
  })

  it('gives the leading elements of a block that failed', () => {
    const results = upTo(3)
    expect([...results.partialBytes(3, 2)]).toEqual([1, 2, 3, 4])
    expect(results.partialBytes(3, 0)).toHaveLength(0)
    expect(() => results.partialBytes(3, 4)).toThrow('4 elements of a block of 3')
  })

  it('says what a wait that failed saw last', () => {
    expect(upTo(2).lastSeen(2)).toBe(0x81)
  })

  describe('of a block that passed over elements', () => {
    const block = {
      op: 'readBlock',
      address: 0x1000,
      width: 16,
      count: 43,
      onFault: 'skip',
    } as const
    const skipping = new Program([{ op: 'fence' }, block])
    const bytes = Uint8Array.from({ length: 86 }, (_, at) => at)
    /** Of 43 elements, 0, 2 and 7 to 40 were passed over. */
    const bits = [0b1000_0101, 0xff, 0xff, 0xff, 0xff, 0b0000_0001]
    const given = new Uint8Array(skipping.dataLength)
    given.set(bytes)
    given.set(bits, 88)
    const results = new Results(skipping, { done: 2, cells: new Uint32Array(2), data: given })
    const told = (elements?: number) =>
      results
        .parts(1, elements)
        .map((part) => [part.first, part.count, part.bytes && [...part.bytes]])

    it('says what was read and what was not, in order', () => {
      expect(skipping.dataLength).toBe(96)
      expect(told()).toEqual([
        [0, 1, undefined],
        [1, 1, [2, 3]],
        [2, 1, undefined],
        [3, 4, [6, 7, 8, 9, 10, 11, 12, 13]],
        [7, 34, undefined],
        [41, 2, [82, 83, 84, 85]],
      ])
      expect(told(8).at(-1)).toEqual([7, 1, undefined])
      expect(told(0)).toEqual([])
    })

    it('shows nothing that was not read as bytes', () => {
      expect(() => results.bytes(1)).toThrow(
        expect.objectContaining({
          code: 'EUNREADABLE',
          message: 'elements of step 1 were passed over: its parts have the others',
          data: { step: 1, address: 0x1000 },
        }),
      )
      expect(() => results.partialBytes(1, 1)).toThrow('elements of step 1 were passed over')
    })
  })
})
