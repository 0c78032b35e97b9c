import type { ListedPlace } from '../../inventory/places.ts'
import { formatHex } from '../../text/number.ts'
import { printable } from '../../text/refuse.ts'
import { memoryNotation, portNotation } from './rows.ts'
import type { Style } from './style.ts'

/** Whether of every word one of its alternatives is in some column of a place. */
export function matches(place: ListedPlace, words: readonly (readonly string[])[]): boolean {
  const text = columns(place).join('\n').toLowerCase()
  return words.every((alternatives) =>
    alternatives.some((word) => text.includes(word.toLowerCase())),
  )
}

/** The longest place that others are lined up behind. */
const LONGEST_PLACE = 72

/** `PLACE  ADDRESS  SIZE  DRIVER  ABOUT`, in columns. */
export function listLines(places: readonly ListedPlace[], style: Style): string[] {
  const rows = places.map((place) => columns(place).map(printable))
  const width = (column: number) =>
    rows.reduce((most, row) => Math.max(most, (row[column] ?? '').length), 0)
  const placeWidth = Math.min(LONGEST_PLACE, width(0))
  const [addressWidth, sizeWidth, driverWidth] = [width(1), width(2), width(3)]
  return rows.map(([place = '', address = '', size = '', driver = '', about = '']) => {
    const gap = ' '.repeat(Math.max(0, placeWidth - place.length))
    const numbers = `${address.padStart(addressWidth)}  ${size.padStart(sizeWidth)}`
    const drivers = driverWidth === 0 ? '' : `${driver.padEnd(driverWidth)}  `
    return `${style.paint('place', place)}${gap}  ${numbers}  ${drivers}${about}`.trimEnd()
  })
}

function columns({ kind, place, address, size, driver = '', about }: ListedPlace): string[] {
  const ports = kind === 'port'
  const where = formatHex(address, ports ? 16 : 32)
  return [place, where, (ports ? portNotation : memoryNotation).size(size), driver, about]
}
