/**
 * Which elements of a block were passed over: one bit for each, the lowest first, after the block's
 * bytes in the data of the results (native/engine.h).
 */
import type { ReadBlockStep } from './step.ts'

/** Elements that follow one another, of which all were read, or none. */
interface ElementRun {
  first: number
  count: number
  skipped: boolean
}

/** Where the bits begin, in bytes from the block's own. */
export function bitsOffset({ count, width }: ReadBlockStep): number {
  return Math.ceil((count * width) / 64) * 8
}

/** Bytes that a block gives, with its bits when there are any. */
export function resultBytes(step: ReadBlockStep): number {
  if (step.onFault !== 'skip') return (step.count * step.width) / 8
  return bitsOffset(step) + Math.ceil(step.count / 8)
}

export function isSkipped(bits: Uint8Array, element: number): boolean {
  return (((bits[element >> 3] ?? 0) >> (element & 7)) & 1) === 1
}

export function markSkipped(bits: Uint8Array, element: number): void {
  bits[element >> 3] = (bits[element >> 3] ?? 0) | (1 << (element & 7))
}

/** The first `count` elements as runs, in order. */
export function elementRuns(bits: Uint8Array, count: number): ElementRun[] {
  const runs: ElementRun[] = []
  for (let first = 0; first < count; ) {
    const skipped = isSkipped(bits, first)
    const end = endOfRun(bits, first, count, skipped)
    runs.push({ first, count: end - first, skipped })
    first = end
  }
  return runs
}

function endOfRun(bits: Uint8Array, first: number, count: number, skipped: boolean): number {
  const same = skipped ? 0xff : 0
  let at = first + 1
  while (at < count) {
    if ((at & 7) === 0 && bits[at >> 3] === same) at += 8
    else if (isSkipped(bits, at) === skipped) at++
    else break
  }
  return Math.min(at, count)
}
