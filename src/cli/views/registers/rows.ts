import type { DeviceRegister } from '../../../device/register.ts'
import { showPlace } from '../../../place/at.ts'
import { printable } from '../../../text/refuse.ts'
import { padded } from '../format/value.ts'

const MOST_TEXT = 60

/** Registers one a line: name, place, width, access, and what for. */
export function registerRows(registers: readonly DeviceRegister[]): string[] {
  const names = padded(registers.map(({ name }) => printable(name)))
  const places = padded(registers.map(({ place }) => showPlace(place)))
  const widths = padded(registers.map(({ found }) => `${found.register.width} bits`))
  const accesses = padded(registers.map(({ found }) => found.register.access))
  return registers.map(({ found }, index) => {
    const text = (found.register.description ?? '').replace(/\s+/g, ' ').trim()
    const short = text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT - 1)}…` : text
    const columns = [names[index], places[index], widths[index], accesses[index], printable(short)]
    return columns.join('  ').trimEnd()
  })
}
