import type { RegionKind } from '../../../inventory/region.ts'
import type { Output } from '../../frame/io.ts'

/** How a map is drawn on one output: with which characters, and whether in colour. */
export interface Style {
  columns: number
  /** Where rows are broken: on a terminal. What a pipe or a file gets is never broken. */
  wrapAt?: number
  /** Characters of the picture; `empty` is where nothing is known. */
  cells: Record<RegionKind | 'empty', string>
  /** What stands before the name of a region: `branch` and `last` of its own, the others of those around. */
  branch: string
  last: string
  through: string
  past: string
  tick: string
  paint(what: Paint, text: string): string
}

export type Paint = RegionKind | 'empty' | 'place' | 'heading'

const UNICODE = {
  cells: { ram: '█', rom: '▚', device: '▓', reserved: '▒', bus: '░', empty: '·' },
  ...{ branch: '├─ ', last: '└─ ', through: '│  ', past: '   ', tick: '│' },
}

const ASCII = {
  cells: { ram: '#', rom: 'R', device: 'D', reserved: 'r', bus: '=', empty: '.' },
  ...{ branch: '|- ', last: '`- ', through: '|  ', past: '   ', tick: '|' },
}

/** Numbers of SGR: ECMA-48, 8.3.117. */
const COLORS: Record<Paint, number> = {
  ram: 32,
  rom: 35,
  device: 33,
  reserved: 90,
  bus: 34,
  empty: 90,
  place: 36,
  heading: 1,
}

export function styleFor({
  columns,
  hasColors,
  hasUnicode,
  isTerminal,
}: Pick<Output, 'columns' | 'hasColors' | 'hasUnicode' | 'isTerminal'>): Style {
  return {
    ...(hasUnicode ? UNICODE : ASCII),
    columns,
    ...(isTerminal ? { wrapAt: columns } : {}),
    paint: (what, text) =>
      hasColors && text !== '' ? `\x1b[${COLORS[what]}m${text}\x1b[0m` : text,
  }
}
