import type { Verdict } from '../../../doctor/finding.ts'
import type { Output } from '../../frame/io.ts'

/** What stands before a finding; in colour where there is any. */
export type Mark = (verdict: Verdict) => string

const UNICODE: Record<Verdict, string> = { works: '✓', refused: '✗', absent: '–', unknown: '?' }
const ASCII: Record<Verdict, string> = { works: 'ok', refused: 'NO', absent: '--', unknown: '??' }

/** Numbers of SGR: ECMA-48, 8.3.117. */
const COLORS: Record<Verdict, number> = { works: 32, refused: 31, absent: 90, unknown: 33 }

export function marksFor({ hasUnicode, hasColors }: Output): Mark {
  const marks = hasUnicode ? UNICODE : ASCII
  return (verdict) =>
    hasColors ? `\x1b[${COLORS[verdict]}m${marks[verdict]}\x1b[0m` : marks[verdict]
}
