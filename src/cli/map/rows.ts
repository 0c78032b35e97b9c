import { type Region, sizeOf } from '../../inventory/region.ts'
import { formatHex } from '../../text/number.ts'
import { printable } from '../../text/refuse.ts'
import { showSize } from '../format/size.ts'
import type { FactsOf, FactWords } from './facts.ts'
import type { Style } from './style.ts'

/** One region, as it stands in a table. */
export interface Row {
  region: Region
  /** What stands before its name: lines that lead from those around it. */
  lead: string
  facts: FactWords
  /** Last of all. */
  remark?: string
}

/** How addresses and sizes are written. */
export interface Notation {
  /** Digits of the shortest addresses. */
  digits: number
  size: (bytes: number) => string
}

export const memoryNotation: Notation = { digits: 8, size: showSize }
export const portNotation: Notation = {
  digits: 4,
  size: (count) => (count === 1 ? '1 port' : `${count} ports`),
}

/** The longest name that others are lined up behind. */
const LONGEST_NAME = 40

/** The rows of a tree, each region before what is inside of it. */
export function treeRows(regions: readonly Region[], factsOf: FactsOf, style: Style): Row[] {
  const rows: Row[] = []
  const add = (siblings: readonly Region[], before: string, around: Region | undefined) => {
    for (const [index, region] of siblings.entries()) {
      const isLast = index === siblings.length - 1
      const lead = around === undefined ? '' : before + (isLast ? style.last : style.branch)
      rows.push({ region, lead, facts: factsOf(region, around) })
      const past = isLast ? style.past : style.through
      add(region.children, around === undefined ? '' : before + past, region)
    }
  }
  add(regions, '', undefined)
  return rows
}

/** `START-END  SIZE  NAME  PLACES  …`, in columns. */
export function rowLines(rows: readonly Row[], notation: Notation, style: Style): string[] {
  const cells = rows.map(({ region, lead, facts, remark }) => ({
    start: formatHex(region.start, notation.digits * 4),
    end: formatHex(region.end, notation.digits * 4),
    size: notation.size(sizeOf(region)),
    lead,
    name: printable(region.name),
    kind: region.kind,
    words: [
      ...facts.places.map((place) => style.paint('place', printable(place))),
      ...facts.others.map(printable),
      ...(remark === undefined ? [] : [remark]),
    ].join('  '),
  }))
  const width = (text: (cell: (typeof cells)[number]) => string) =>
    cells.reduce((most, cell) => Math.max(most, text(cell).length), 0)
  const [startWidth, endWidth, sizeWidth] = [
    width(({ start }) => start),
    width(({ end }) => end),
    width(({ size }) => size),
  ]
  const named = width(({ lead, name, words }) => (words === '' ? '' : lead + name))
  const nameWidth = Math.min(named, LONGEST_NAME)
  return cells.map(({ start, end, size, lead, name, kind, words }) => {
    const where = `${start.padStart(startWidth)}-${end.padEnd(endWidth)}`
    const text = `${where}  ${size.padStart(sizeWidth)}  ${lead}${style.paint(kind, name)}`
    if (words === '') return text
    return `${text}${' '.repeat(Math.max(0, nameWidth - lead.length - name.length))}  ${words}`
  })
}
