import { lengthOf, type Region, type RegionKind } from '../../../inventory/region.ts'
import { Heap } from './heap.ts'

/** A stretch of the space that is all of one kind. */
export interface Segment {
  start: number
  last: number
  kind: RegionKind | 'empty'
}

/** Which kind shows where several must share a cell: the first of these. */
const importance: readonly Segment['kind'][] = ['device', 'ram', 'rom', 'reserved', 'bus', 'empty']

/** The space from 0 to the end of the last region, divided where the innermost kind changes. */
export function segmentsOf(regions: readonly Region[]): Segment[] {
  const segments: Segment[] = []
  const add = (start: number, end: number, kind: Segment['kind']) => {
    const before = segments.at(-1)
    if (end < start) return
    if (before?.kind === kind) before.last = end
    else segments.push({ start, last: end, kind })
  }
  const fill = (inside: readonly Region[], start: number, end: number, kind: Segment['kind']) => {
    let next = start
    for (const region of inside.toSorted((a, b) => a.start - b.start)) {
      // What overlaps the region before it counts from where that ends.
      const [from, to] = [Math.max(region.start, next), Math.min(region.last, end)]
      if (to < from) continue
      add(next, from - 1, kind)
      fill(region.children, from, to, region.kind)
      next = to + 1
    }
    add(next, end, kind)
  }
  const end = regions.reduce((most, region) => Math.max(most, region.last), -1)
  fill(regions, 0, end, 'empty')
  return segments
}

/** A segment between others, as they are joined. */
interface Link extends Segment {
  before: Link | undefined
  after: Link | undefined
  /** Joined with the one before it. */
  isGone: boolean
}

/** So few that each has two cells on average: the smallest are given to their smaller neighbours. */
export function thinOut(segments: readonly Segment[], most: number): Segment[] {
  const links = linked(segments)
  // With the sizes that they had when they were put in: what has grown since is in it again.
  const smallest = new Heap<{ link: Link; length: number; start: number }>(
    (a, b) => a.length < b.length || (a.length === b.length && a.start < b.start),
  )
  for (const link of links) smallest.push({ link, length: lengthOf(link), start: link.start })
  let count = links.length
  while (count > Math.max(1, most)) {
    const least = smallest.pop()
    if (least === undefined) break
    const { link, length } = least
    if (link.isGone || lengthOf(link) !== length) continue
    const { before, after } = link
    const takesFirst = before && (!after || lengthOf(before) <= lengthOf(after))
    const [first, second] = (takesFirst ? [before, link] : [link, after]) as [Link, Link]
    join(first, second)
    smallest.push({ link: first, length: lengthOf(first), start: first.start })
    count--
  }
  return links.flatMap(({ start, last, kind, isGone }) => (isGone ? [] : [{ start, last, kind }]))
}

function linked(segments: readonly Segment[]): Link[] {
  let before: Link | undefined
  return segments.map((segment) => {
    const link: Link = { ...segment, before, after: undefined, isGone: false }
    if (before !== undefined) before.after = link
    before = link
    return link
  })
}

function join(first: Link, second: Link): void {
  first.kind = importance.find((one) => one === first.kind || one === second.kind) ?? 'empty'
  first.last = second.last
  first.after = second.after
  if (second.after !== undefined) second.after.before = first
  second.isGone = true
}

/** Cells for each segment: by the logarithm of its size, at least one, `columns` in all. */
export function cellsFor(segments: readonly Segment[], columns: number): number[] {
  const weights = segments.map((segment) => {
    const weight = Math.max(1, Math.log2(lengthOf(segment)) - 10)
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
