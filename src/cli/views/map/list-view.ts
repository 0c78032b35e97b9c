import { largest } from '../../../base/extreme.ts'
import type { ListedPlace, PlaceAbout } from '../../../inventory/places.ts'
import { formatHex } from '../../../text/number.ts'
import { printable } from '../../../text/refuse.ts'
import { behaviourWords } from './behaviour.ts'
import { memoryNotation, portNotation } from './rows.ts'
import type { Style } from './style.ts'

/** Whether of every word one of its alternatives is in some column of a place. */
export function matches(place: ListedPlace, words: readonly (readonly string[])[]): boolean {
  const text = columns(place).join('\n').toLowerCase()
  return words.every((alternatives) =>
    alternatives.some((word) => text.includes(word.toLowerCase())),
  )
}

/** The longest place that others are lined up after. */
const LONGEST_PLACE = 72

/**
 * `PLACE  ADDRESS  SIZE  DRIVER  ABOUT`, in columns. Where all places are addresses, none stands there
 * twice; a column that all leave empty is left out.
 */
export function listLines(places: readonly ListedPlace[], style: Style): string[] {
  const allAddresses = places.every(({ kind }) => kind === 'address')
  const table = places.map((place) => {
    const [name = '', address = '', size = '', driver = '', ...about] = columns(place)
    const shown = place.kind === 'address' ? address : name
    return [shown, allAddresses ? '' : address, size, driver, ...about].map(printable)
  })
  const widths = columnWidths(table)
  return table.map(([place = '', ...cells]) => {
    const gap = ' '.repeat(Math.max(0, (widths[0] ?? 0) - place.length))
    const rest = cells.flatMap((cell, index) => {
      const width = widths[index + 1] ?? 0
      if (width === 0) return []
      return index < NUMBERS ? cell.padStart(width) : cell.padEnd(width)
    })
    return [style.paint('place', place) + gap, ...rest].join('  ').trimEnd()
  })
}

/** Behind the place stand the address and the size. */
const NUMBERS = 2

function columnWidths(table: readonly (readonly string[])[]): number[] {
  const most = largest(table.map(({ length }) => length))
  return Array.from({ length: most }, (_, column) => {
    const widest = table.reduce((wide, row) => Math.max(wide, (row[column] ?? '').length), 0)
    return column === 0 ? Math.min(LONGEST_PLACE, widest) : widest
  })
}

function columns({ kind, place, address, length, driver = '', ...about }: ListedPlace): string[] {
  const ports = kind === 'port'
  const where = formatHex(address, ports ? 16 : 32)
  return [
    place,
    where,
    (ports ? portNotation : memoryNotation).size(length),
    driver,
    ...aboutColumns(about),
  ]
}

/** Of a part of a board its name, its behaviour and a sentence, and of all others one text. */
function aboutColumns({
  name = '',
  what,
  description = '',
  device,
  bar,
  map,
  prefetchable,
  regionName,
  compatible = [],
  disabled,
}: PlaceAbout): string[] {
  if (what !== undefined) return [name, ...behaviourWords(what, description)]
  const ofBar = bar === undefined ? device : `pci:${device} BAR ${bar}`
  const flags = [prefetchable && 'prefetchable', disabled && '(disabled)']
  const words = [name, ofBar, map, regionName, ...compatible.slice(0, 2), ...flags]
  return [words.filter(Boolean).join(' ')]
}
