import type { Spread } from './rounds.ts'
import type { Row } from './row.ts'
import type { Verdict } from './verdict.ts'

const FIRST = ['what', 'physmem', 'beside', 'takes', 'so that physmem takes']
const HEAD = ['what', 'against', 'ours', 'theirs', 'compared', 'to reach', 'result']

/** The whole table, a line a row. */
export function table(verdicts: readonly Verdict[]): string {
  return markdown(HEAD, verdicts.map(cells))
}

/** The rows with a headline, in words: the median of each side, and how many times the other's. */
export function headlines(verdicts: readonly Verdict[]): string {
  return markdown(
    FIRST,
    verdicts.flatMap(({ row, ours, theirs }) => {
      if (!row.headline || !ours || !theirs) return []
      const { what, against } = row.headline
      const [own, other] = [ours.median, theirs.median]
      const times = `**${show(own / other)}** × as long`
      return [[what, `${show(own)} ${row.unit}`, against, `${show(other)} ${row.unit}`, times]]
    }),
  )
}

function markdown(head: string[], lines: readonly string[][]): string {
  const rows = [head, head.map(() => '---'), ...lines]
  return `${rows.map((row) => `| ${row.join(' | ')} |`).join('\n')}\n`
}

function cells({ row, skipped, ours, theirs, compared, met, idleMet }: Verdict): string[] {
  const first = [row.what, row.against]
  if (skipped !== undefined || !ours || !theirs || !compared) {
    return [...first, '', '', '', target(row), `not measured: ${skipped}`]
  }
  const sign = row.comparison === 'difference' ? ' MiB' : row.comparison === 'speed' ? '×' : ''
  const idle = row.idle
    ? `; best round ${show(ours.min)} ${row.unit}: ${idleMet ? 'met' : 'not met'}`
    : ''
  return [
    ...first,
    `${range(ours)} ${row.unit}`,
    `${range(theirs)} ${row.unit}`,
    `${range(compared)}${sign}`,
    target(row),
    `**${judged(row, met)}${show(compared.median)}${sign}**${idle}`,
  ]
}

function judged({ target }: Row, met: boolean): string {
  if (target.atMost === undefined && target.atLeast === undefined) return ''
  return met ? 'met: ' : 'not met: '
}

function target({ target, comparison, idle, unit: own }: Row): string {
  const alone = idle ? `≤ ${idle.atMost} ${own} idle` : ''
  if (target.atMost === undefined && target.atLeast === undefined) return alone || '–'
  const bound = target.atMost === undefined ? `≥ ${target.atLeast}` : `≤ ${target.atMost}`
  const unit = comparison === 'difference' ? ' MiB' : comparison === 'speed' ? '×' : ''
  return `${bound}${unit}${alone && `, and ${alone}`}`
}

/** min / median / max */
function range({ min, median, max }: Spread): string {
  return [min, median, max].map(show).join(' / ')
}

function show(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2
  return value.toFixed(digits)
}
