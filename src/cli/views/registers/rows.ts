import type { DeviceRegister } from '../../../device/register.ts'
import { oneLine } from '../../../text/one-line.ts'
import { printable } from '../../../text/refuse.ts'
import { padded } from '../format/value.ts'
import { showWhere } from './where.ts'

/** Registers one a line: name, place, width, access, and what for, in so many characters at most. */
export function registerRows(registers: readonly DeviceRegister[], room: number): string[] {
  const names = padded(registers.map(({ name }) => printable(name)))
  const places = padded(registers.map(showWhere))
  const widths = padded(registers.map(({ found }) => `${found.register.width} bits`))
  const accesses = padded(registers.map(({ found }) => found.register.access))
  return registers.map(({ found }, index) => {
    const text = oneLine(found.register.description, room)
    const columns = [names[index], places[index], widths[index], accesses[index], text]
    return columns.join('  ').trimEnd()
  })
}
