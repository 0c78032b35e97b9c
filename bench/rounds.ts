import type { Rounds } from './row.ts'

/** Ours, theirs, ours, theirs…, so that what disturbs this machine disturbs both. */
export async function inTurn(
  count: number,
  ours: () => Promise<number>,
  theirs: () => Promise<number>,
): Promise<Rounds> {
  await ours()
  await theirs()
  const rounds: Rounds = { ours: [], theirs: [] }
  for (let round = 0; round < count; round++) {
    rounds.ours.push(await ours())
    rounds.theirs.push(await theirs())
  }
  return rounds
}

export interface Spread {
  min: number
  median: number
  max: number
}

export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (index: number) => sorted[index] ?? Number.NaN
  const half = sorted.length / 2
  const median = sorted.length % 2 === 1 ? at(Math.floor(half)) : (at(half - 1) + at(half)) / 2
  return { min: at(0), median, max: at(sorted.length - 1) }
}
