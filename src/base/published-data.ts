import type { ErrorData } from './error-data.ts'

/**
 * What JSON documents and logs have of an error's data: the members that docs/schemas/common.json
 * describes, and `step`, which only programs of the library have. The others are for programs that
 * catch the error (`cures`, which the cure sums up), or for physmem itself (`restOfPage`).
 */
const PUBLISHED = [
  ...(['place', 'address', 'virtual', 'pid', 'symbol', 'offset', 'length'] as const),
  ...(['width', 'direction', 'step', 'elementsDone'] as const),
  ...(['value', 'mask', 'equals', 'negate', 'timeoutMs', 'reason', 'way', 'tried'] as const),
  ...(['errno', 'input', 'file', 'line', 'column', 'platform', 'cpu'] as const),
  ...(['swapType', 'swapOffset'] as const),
  ...(['cure', 'steps', 'evidence', 'progress', 'output'] as const),
] satisfies (keyof ErrorData)[]

export type PublishedKey = (typeof PUBLISHED)[number]

/** The published members that are there. An address is a number where that is exact. */
export function publishedData(data: ErrorData): Record<string, unknown> {
  const known = Object.entries(data).filter(
    ([key, value]) => value !== undefined && PUBLISHED.some((name) => name === key),
  )
  return Object.fromEntries(
    known.map(([key, value]) => [
      key,
      key === 'virtual' || key === 'address' ? exact(value) : value,
    ]),
  )
}

function exact(address: unknown): unknown {
  if (typeof address === 'number' && address > Number.MAX_SAFE_INTEGER) return BigInt(address)
  if (typeof address !== 'bigint' || address > BigInt(Number.MAX_SAFE_INTEGER)) return address
  return Number(address)
}
