import fc from 'fast-check'
import type { Value, Width } from '../../base/width.ts'
import type { CacheAction, Step } from '../step.ts'

/** Well-formed steps inside the first `length` bytes of a memory, for property tests. */
export function steps(length: number): fc.Arbitrary<Step> {
  return width.chain((bits) => stepOf(bits, length))
}

const width = fc.constantFrom<Width>(8, 16, 32, 64)

function anyValue(bits: Width): fc.Arbitrary<Value> {
  return fc
    .bigInt({ min: 0n, max: (1n << BigInt(bits)) - 1n })
    .chain((value) => fc.constantFrom<Value>(value, bits === 64 ? value : Number(value)))
}

function stepOf(bits: Width, length: number): fc.Arbitrary<Step> {
  const bytes = bits / 8
  const value = anyValue(bits)
  const stepping = fc.constantFrom('increment', 'fixed')
  const place = fc
    .record({
      first: fc.nat(length / bytes - 1),
      count: fc.integer({ min: 1, max: 20 }),
    })
    .map(({ first, count }) => ({
      address: first * bytes,
      width: bits,
      count: Math.min(count, length / bytes - first),
    }))
  const single = place.map(({ address }) => ({ address, width: bits }))
  return fc.oneof(
    single.map((at): Step => ({ op: 'read', ...at })),
    fc.tuple(single, value).map(([at, v]): Step => ({ op: 'write', ...at, value: v })),
    fc
      .tuple(single, value, value)
      .map(([at, mask, v]): Step => ({ op: 'update', ...at, mask, value: v })),
    fc
      .tuple(single, value, value, fc.boolean(), fc.nat(50))
      .map(([at, mask, v, negate, intervalUs]): Step => {
        const equals = typedAnd(v, mask)
        return { op: 'wait', ...at, mask, equals, negate, timeoutMs: 0, intervalUs }
      }),
    fc.tuple(place, stepping).map(([at, s]): Step => ({ op: 'readBlock', ...at, stepping: s })),
    place.map((at): Step => ({ op: 'readBlock', ...at, onFault: 'skip' })),
    fc
      .tuple(place, stepping, fc.uint8Array({ minLength: 160, maxLength: 160 }))
      .map(([{ address, count }, s, all]): Step => {
        const data = all.slice(0, count * bytes)
        return { op: 'writeBlock', address, width: bits, data, stepping: s }
      }),
    fc.tuple(place, value).map(([at, v]): Step => ({ op: 'fill', ...at, value: v })),
    fc.nat(20).map((us): Step => ({ op: 'delay', us })),
    fc.constant<Step>({ op: 'fence' }),
    ...(hasCacheControl ? [cacheStep(length)] : []),
  )
}

/** Where the engine has none, it fails, and the other one does not. */
const hasCacheControl = process.arch === 'x64' || process.arch === 'arm64'

function cacheStep(length: number): fc.Arbitrary<Step> {
  return fc
    .record({
      action: fc.constantFrom<CacheAction>('clean', 'flush'),
      address: fc.nat(length - 1),
      bytes: fc.integer({ min: 1, max: 200 }),
    })
    .map(({ action, address, bytes }): Step => {
      return { op: 'cache', action, address, length: Math.min(bytes, length - address) }
    })
}

function typedAnd(a: Value, b: Value): Value {
  const both = BigInt(a) & BigInt(b)
  return typeof a === 'number' ? Number(both) : both
}
