/**
 * Whole numbers of any length: a `number` where it is exact, which is faster and nearly always, else
 * a `bigint`. The two may be compared with each other; sums are made here.
 */
export type Exact = number | bigint

function exact(value: bigint): Exact {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value
}

/** The number whose last 32 bits are `low`, and what stands before them `high`. */
export function joined(high: Exact, low: number): Exact {
  return typeof high === 'number' && high < 2 ** 21
    ? high * 2 ** 32 + low
    : (BigInt(high) << 32n) + BigInt(low)
}

export function sum(a: Exact, b: Exact): Exact {
  const value = typeof a === 'number' && typeof b === 'number' ? a + b : undefined
  return value !== undefined && Number.isSafeInteger(value) ? value : exact(BigInt(a) + BigInt(b))
}

/** `a - b`, where `b` is not the larger. */
export function difference(a: Exact, b: Exact): Exact {
  return typeof a === 'number' && typeof b === 'number' ? a - b : exact(BigInt(a) - BigInt(b))
}
