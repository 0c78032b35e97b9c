import type { Region } from '../../../inventory/region.ts'
import { lengthOf } from '../../../inventory/region.ts'
import { formatHex } from '../../../text/number.ts'
import { showSize } from '../format/size.ts'
import { cellsFor, type Segment, segmentsOf, thinOut } from './segments.ts'
import type { Style } from './style.ts'

/** Rows of addresses below the bar. */
const RULERS = 2

/**
 * The whole space as one bar, small stretches large enough to be seen; below it where they begin,
 * and what the characters mean with how much there is of each. Nothing for an empty space.
 */
export function pictureLines(regions: readonly Region[], style: Style): string[] {
  const columns = Math.max(30, Math.min(style.columns - 1, 160))
  const all = segmentsOf(regions)
  if (all.length === 0) return []
  const segments = thinOut(all, Math.floor(columns / 2))
  const cells = cellsFor(segments, columns)
  const bar = segments.map(({ kind }, index) =>
    style.paint(kind, style.cells[kind].repeat(cells[index] ?? 0)),
  )
  return [bar.join(''), ...rulers(segments, cells, columns, style), ...legend(all, columns, style)]
}

function rulers(
  segments: readonly Segment[],
  cells: readonly number[],
  columns: number,
  style: Style,
): string[] {
  const rows = Array.from({ length: RULERS }, () => Array.from({ length: columns }, () => ' '))
  let column = 0
  for (const [index, { start }] of segments.entries()) {
    const label = `${style.tick}${formatHex(start, 32)}`
    const at = column
    column += cells[index] ?? 0
    if (at + label.length > columns) continue
    // The first row with room, to which a line leads through the rows above.
    const row = rows.findIndex((row, depth) => hasRoom(row, at, label.length, depth, rows))
    if (row < 0) continue
    for (const above of rows.slice(0, row)) above[at] = style.tick
    rows[row]?.splice(at, label.length, ...label)
  }
  return rows.map((row) => row.join('').trimEnd()).filter((text) => text !== '')
}

function hasRoom(
  row: readonly string[],
  at: number,
  length: number,
  depth: number,
  rows: readonly (readonly string[])[],
): boolean {
  const free = row.slice(Math.max(0, at - 1), at + length + 1).every((cell) => cell === ' ')
  return free && rows.slice(0, depth).every((above) => above[at] === ' ')
}

const NAMES = [
  ['ram', 'RAM'],
  ['device', 'devices'],
  ['rom', 'ROM'],
  ['reserved', 'reserved'],
  ['bus', 'bus windows'],
  ['empty', 'nothing known'],
] as const

/** `█ RAM 767.9 MiB  ▓ devices 1.6 MiB …`, as many in a line as there is room for. */
function legend(segments: readonly Segment[], columns: number, style: Style): string[] {
  const lines: { length: number; text: string }[] = []
  for (const [kind, name] of NAMES) {
    const of = segments.filter((segment) => segment.kind === kind)
    if (of.length === 0) continue
    const size = showSize(of.reduce((sum, segment) => sum + lengthOf(segment), 0))
    const text = kind === 'empty' ? name : `${name} ${size}`
    const entry = `${style.paint(kind, style.cells[kind])} ${text}`
    const length = text.length + 2
    const last = lines.at(-1)
    if (last !== undefined && last.length + 3 + length <= columns) {
      last.length += 3 + length
      last.text += `   ${entry}`
    } else lines.push({ length, text: entry })
  }
  return lines.map(({ text }) => text)
}
