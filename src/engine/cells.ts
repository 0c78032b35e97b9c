import type { Program } from '../memory/program.ts'
import type { RawResults } from '../memory/results.ts'

type Cells = RawResults['cells']

/** 64 KiB, of which most programs take little. More would be fresh pages of the kernel each time. */
const POOL_BYTES = 65_536

let pool = new ArrayBuffer(0)
let used = 0

/**
 * Room for the results of one run, cut from a larger array: an array of its own takes longer to make
 * than a short program to run. It is not cleared: the engine fills what it says is done. A narrow
 * program gets words, since fresh memory costs more than an access.
 */
export function takeCells({ steps: { length }, narrow }: Program): Cells {
  const bytes = narrow ? Math.ceil(length / 2) * 8 : length * 16
  if (bytes > POOL_BYTES / 4) return cellsIn(newBuffer(bytes), 0, length, narrow)
  if (used + bytes > pool.byteLength) {
    pool = newBuffer(POOL_BYTES)
    used = 0
  }
  used += bytes
  return cellsIn(pool, used - bytes, length, narrow)
}

function cellsIn(buffer: ArrayBuffer, start: number, steps: number, narrow: boolean): Cells {
  return narrow
    ? new Uint32Array(buffer, start, steps)
    : new BigUint64Array(buffer, start, steps * 2)
}

function newBuffer(length: number): ArrayBuffer {
  return Buffer.allocUnsafeSlow(length).buffer
}
