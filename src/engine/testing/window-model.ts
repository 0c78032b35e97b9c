import fc from 'fast-check'
import { expect } from 'vitest'
import type { Width } from '../../base/width.ts'
import type { Window } from '../windows/window.ts'

/**
 * Stores and loads at every width and offset of a window of 64 bytes, all zero at first, give what a
 * model of it gives. `check` is told what the memory holds by then, after each of `numRuns` lists.
 */
export function keepsModel(
  window: Window,
  numRuns: number,
  check: (model: Uint8Array) => void,
): void {
  const model = new DataView(new ArrayBuffer(64))
  const step = fc.record({
    width: fc.constantFrom<Width>(8, 16, 32, 64),
    slot: fc.nat(63),
    value: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  })
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      for (const { width, slot, value } of steps) {
        const offset = slot - (slot % (width / 8))
        const cut = BigInt.asUintN(width, value)
        if (width === 64) {
          window.write64(offset, cut)
          model.setBigUint64(offset, cut, true)
          expect(window.read64(offset)).toBe(cut)
        } else {
          window[`write${width}`](offset, Number(cut))
          model[`setUint${width}`](offset, Number(cut), true)
          expect(window[`read${width}`](offset)).toBe(Number(cut))
        }
      }
      check(new Uint8Array(model.buffer))
    }),
    { numRuns },
  )
}
