/** 128 KiB, of which most programs take little. */
const POOL_CELLS = 16_384

let pool = new BigUint64Array(0)
let used = 0

/**
 * Room for the results of one run, cut from a larger array: an array of its own takes longer to make
 * than a short program to run. It is not cleared: the engine fills what it says is done.
 */
export function takeCells(count: number): BigUint64Array<ArrayBuffer> {
  if (count > POOL_CELLS / 4) return newCells(count)
  if (used + count > pool.length) {
    pool = newCells(POOL_CELLS)
    used = 0
  }
  used += count
  return pool.subarray(used - count, used)
}

function newCells(count: number): BigUint64Array<ArrayBuffer> {
  return new BigUint64Array(Buffer.allocUnsafeSlow(count * 8).buffer)
}
