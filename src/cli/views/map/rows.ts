import { lengthOf, type Region } from '../../../inventory/region.ts'
import { counted } from '../../../text/count.ts'
import { formatHex } from '../../../text/number.ts'
import { printable } from '../../../text/refuse.ts'
import { LEAST_COLUMNS, wrap } from '../../frame/wrap.ts'
import { showSize } from '../format/size.ts'
import type { FactsOf, FactWords } from './facts.ts'
import type { Paint, Style } from './style.ts'

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
  size: (count) => counted(count, 'port'),
}

/** The longest name that others are lined up after. */
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

/**
 * `START-END  SIZE  NAME  PLACES  …`, in columns, one text a row. On a terminal, what does not fit
 * after `before` characters goes on below, in several lines; elsewhere a row is always one line.
 */
export function rowLines(
  rows: readonly Row[],
  notation: Notation,
  style: Style,
  before = 0,
): string[] {
  const cells = rows.map(({ region, lead, facts, remark }) => ({
    start: formatHex(region.start, notation.digits * 4),
    end: formatHex(region.last, notation.digits * 4),
    size: notation.size(lengthOf(region)),
    lead,
    name: printable(region.name),
    kind: region.kind,
    words: [
      ...facts.places.map((place) => ({ what: 'place' as const, text: printable(place) })),
      ...facts.others.map((text) => ({ text: printable(text) })),
      ...(remark === undefined ? [] : [{ text: remark }]),
    ],
  }))
  alignKinds(rows, cells)
  const width = (text: (cell: (typeof cells)[number]) => string) =>
    cells.reduce((most, cell) => Math.max(most, text(cell).length), 0)
  const [startWidth, endWidth, sizeWidth] = [
    width(({ start }) => start),
    width(({ end }) => end),
    width(({ size }) => size),
  ]
  const named = width(({ lead, name, words }) => (words.length === 0 ? '' : lead + name))
  const nameWidth = Math.min(named, LONGEST_NAME)
  const nameAt = startWidth + 1 + endWidth + 2 + sizeWidth + 2
  return cells.map(({ start, end, size, lead, name, kind, words }) => {
    const where = `${start.padStart(startWidth)}-${end.padEnd(endWidth)}`
    const text = `${where}  ${size.padStart(sizeWidth)}  ${lead}${style.paint(kind, name)}`
    if (words.length === 0) return text
    const gap = ' '.repeat(Math.max(0, nameWidth - lead.length - name.length))
    const at = nameAt + lead.length + name.length + gap.length
    return text + wrapWords(words, { at, gap, below: nameAt + lead.length + 2, before }, style)
  })
}

/** Of the regions of a simulated board, what each is stands in columns, before what is said of it. */
function alignKinds(
  rows: readonly Row[],
  cells: readonly { words: { what?: Paint; text: string }[] }[],
): void {
  const isOfBoard = (row: Row | undefined) => row?.region.facts.some(({ kind }) => kind === 'board')
  const lists = cells.flatMap(({ words }, index) => (isOfBoard(rows[index]) ? [words] : []))
  const widths: number[] = []
  for (const words of lists) {
    for (const [at, { text }] of words.entries()) {
      widths[at] = Math.max(widths[at] ?? 0, text.length)
    }
  }
  for (const words of lists) {
    for (const [at, word] of words.slice(0, -1).entries()) {
      words[at] = { ...word, text: word.text.padEnd(widths[at] ?? 0) }
    }
  }
}

interface Margins {
  /** Where the words begin, after the gap that lines them up. */
  at: number
  gap: string
  /** Where they go on. */
  below: number
  before: number
}

/**
 * Words after a name. A place is whole, and begins further left where it would not fit; prose goes
 * on below.
 */
function wrapWords(
  words: readonly { what?: Paint; text: string }[],
  { at, gap, below, before }: Margins,
  style: Style,
): string {
  const columns = style.wrapAt === undefined ? Number.POSITIVE_INFINITY : style.wrapAt - before
  let [result, end] = [gap, at]
  for (const { what, text } of words) {
    if (end + 2 + text.length <= columns) result += '  '
    else {
      const lines = what === 'place' ? [text] : wrap(text, columns - below).split('\n')
      const least = what === 'place' ? 0 : LEAST_COLUMNS
      const widest = lines.reduce((most, line) => Math.max(most, line.length), least)
      const indent = Math.max(0, Math.min(below, columns - widest))
      const start = `\n${' '.repeat(before + indent)}`
      const last = lines.pop() ?? ''
      result = [result.trimEnd(), ...lines, ''].join(start)
      result += what === undefined ? last : style.paint(what, last)
      end = indent + last.length
      continue
    }
    result += what === undefined ? text : style.paint(what, text)
    end += 2 + text.length
  }
  return result
}
