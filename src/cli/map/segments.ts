import { type Region, type RegionKind, sizeOf } from '../../inventory/region.ts'

/** A stretch of the space that is all of one kind. */
export interface Segment {
  start: number
  end: number
  kind: RegionKind | 'empty'
}

/** Which kind shows where several must share a cell: the first of these. */
const importance: readonly Segment['kind'][] = ['device', 'ram', 'reserved', 'bus', 'empty']

/** The space from 0 to the end of the last region, divided where the innermost kind changes. */
export function segmentsOf(regions: readonly Region[]): Segment[] {
  const segments: Segment[] = []
  const add = (start: number, end: number, kind: Segment['kind']) => {
    const last = segments.at(-1)
    if (end < start) return
    if (last?.kind === kind) last.end = end
    else segments.push({ start, end, kind })
  }
  const fill = (inside: readonly Region[], start: number, end: number, kind: Segment['kind']) => {
    let next = start
    for (const region of inside.toSorted((a, b) => a.start - b.start)) {
      // What overlaps the region before it counts from where that ends.
      const [from, to] = [Math.max(region.start, next), Math.min(region.end, end)]
      if (to < from) continue
      add(next, from - 1, kind)
      fill(region.children, from, to, region.kind)
      next = to + 1
    }
    add(next, end, kind)
  }
  const end = regions.reduce((most, region) => Math.max(most, region.end), -1)
  fill(regions, 0, end, 'empty')
  return segments
}

/** So few that each has two cells on average: the smallest are given to their smaller neighbours. */
export function thinOut(segments: readonly Segment[], most: number): Segment[] {
  const left = segments.map((segment) => ({ ...segment }))
  while (left.length > Math.max(1, most)) {
    const smallest = left.reduce((best, segment, index) => {
      return sizeOf(segment) < sizeOf(left[best] as Segment) ? index : best
    }, 0)
    const [before, after] = [left[smallest - 1], left[smallest + 1]]
    const takesFirst = before && (!after || sizeOf(before) <= sizeOf(after))
    const at = takesFirst ? smallest - 1 : smallest
    const [first, second] = [left[at], left[at + 1]] as [Segment, Segment]
    const kind = importance.find((one) => one === first.kind || one === second.kind) ?? 'empty'
    left.splice(at, 2, { start: first.start, end: second.end, kind })
  }
  return left
}

/** Cells for each segment: by the logarithm of its size, at least one, `columns` in all. */
export function cellsFor(segments: readonly Segment[], columns: number): number[] {
  const weights = segments.map((segment) => {
    const weight = Math.max(1, Math.log2(sizeOf(segment)) - 10)
    return segment.kind === 'empty' ? weight / 2 : weight
  })
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const spare = Math.max(0, columns - segments.length)
  const exact = weights.map((weight) => (weight / total) * spare)
  const cells = exact.map((share) => 1 + Math.floor(share))
  // What rounding left over goes to those that lost most by it.
  const order = exact
    .map((share, index) => ({ index, rest: share % 1 }))
    .sort((a, b) => b.rest - a.rest)
  const left = Math.max(0, columns - cells.reduce((sum, count) => sum + count, 0))
  for (const { index } of order.slice(0, left)) cells[index] = (cells[index] ?? 0) + 1
  return cells
}
