import { type Spread, spread } from './rounds.ts'
import type { Comparison, Rounds, Row } from './row.ts'

export interface Verdict {
  row: Row
  /** Why there are no figures. */
  skipped?: string
  ours?: Spread
  theirs?: Spread
  compared?: Spread
  met: boolean
  /** Whether our best round reached what is asked of an idle machine. */
  idleMet?: boolean
}

const COMPARE: Record<Comparison, (ours: number, theirs: number) => number> = {
  ratio: (ours, theirs) => ours / theirs,
  speed: (ours, theirs) => theirs / ours,
  difference: (ours, theirs) => ours - theirs,
}

/** The median of the rounds counts. */
export function judge(row: Row, { ours, theirs }: Rounds): Verdict {
  const compare = COMPARE[row.comparison]
  const compared = spread(ours.map((value, round) => compare(value, theirs[round] as number)))
  const { atMost = Number.POSITIVE_INFINITY, atLeast = Number.NEGATIVE_INFINITY } = row.target
  const ourSpread = spread(ours)
  return {
    row,
    ours: ourSpread,
    theirs: spread(theirs),
    compared,
    met: compared.median <= atMost && compared.median >= atLeast,
    ...(row.idle ? { idleMet: ourSpread.min <= row.idle.atMost } : {}),
  }
}
