import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeProgram } from '../memory/encode.ts'
import { Program } from '../memory/program.ts'
import type { Step } from '../memory/step.ts'
import { packProgram } from './packed-program.ts'

/** As native/agent_packed.c does it. */
function unpack(packed: Uint8Array): Uint8Array {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.length)
  const steps = view.getUint32(4, true)
  const unpacked = new Uint8Array(16 + 48 * steps + view.getUint32(8, true))
  unpacked.set(packed.subarray(0, 16))
  const next = new DataView(new ArrayBuffer(48))
  const address = () => next.getBigUint64(8, true)
  let [at, stride] = [16, 0n]
  for (let made = 0; made < steps; ) {
    const [changes, repeats] = [view.getUint16(at, true), view.getUint16(at + 2, true)]
    at += 4
    const before = address()
    next.setBigUint64(8, before + stride, true)
    for (let word = 0; word < 12; word++) {
      if (((changes >> word) & 1) === 0) continue
      next.setUint32(4 * word, view.getUint32(at, true), true)
      at += 4
    }
    stride = BigInt.asUintN(64, address() - before)
    for (let one = 0; one <= repeats; one++, made++) {
      if (one > 0) next.setBigUint64(8, address() + stride, true)
      unpacked.set(new Uint8Array(next.buffer), 16 + 48 * made)
    }
  }
  unpacked.set(packed.subarray(at), 16 + 48 * steps)
  expect(packed.length - at).toBe(view.getUint32(8, true))
  return unpacked
}

const reads = (addresses: readonly number[]) =>
  addresses.map((address): Step => ({ op: 'read', address, width: 32 }))

const lengthOf = (steps: readonly Step[]) => packProgram(new Program(steps).encoded)?.length

describe('a program as it is sent', () => {
  it('says once what its steps have in common', () => {
    expect(lengthOf(reads([0x100]))).toBe(16 + 12)
    expect(lengthOf(reads(Array.from({ length: 1000 }, (_, at) => 4 * at)))).toBe(16 + 16)
    expect(lengthOf(reads([0x100, 0x240, 0x244, 0x300]))).toBe(16 + 12 + 3 * 8)
    expect(lengthOf(Array.from({ length: 70_000 }, () => ({ op: 'fence' })))).toBe(16 + 8 + 4)
  })

  it('is not packed where most of it are data', () => {
    const data = new Uint8Array(64)
    expect(lengthOf([{ op: 'writeBlock', address: 0, width: 32, data }])).toBeUndefined()
  })

  it('is what it was, for any steps', () => {
    const address = fc
      .oneof(fc.nat(64), fc.constantFrom(2 ** 29 - 1, 2 ** 29, 2 ** 45))
      .map((at) => at * 8)
    const value = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
    const step = fc.oneof(
      fc.record({ op: fc.constant('read' as const), address, width: fc.constantFrom(8, 32, 64) }),
      fc.record({ op: fc.constant('write' as const), address, width: fc.constant(64), value }),
      fc.record({ op: fc.constant('fence' as const) }),
      fc.record({
        ...{ op: fc.constant('writeBlock' as const), address, width: fc.constant(8) },
        data: fc.uint8Array({ minLength: 1, maxLength: 20 }),
      }),
    )
    fc.assert(
      fc.property(fc.array(step, { minLength: 1 }), (steps) => {
        const encoded = encodeProgram(new Program(steps as Step[]))
        const packed = packProgram(encoded)
        if (packed) expect(unpack(packed)).toEqual(encoded)
      }),
    )
  })
})
