import { largest } from '../../../base/extreme.ts'
import type { DeviceRegister } from '../../../device/register.ts'
import { printable } from '../../../text/refuse.ts'
import { padded } from '../format/value.ts'
import { memoryNotation } from '../map/rows.ts'
import { registerText } from './register-text.ts'
import { textRoom } from './text-room.ts'
import { showWhere } from './where.ts'

/**
 * Registers as places are listed: place, size, name, access, what for, and what a load does; of several
 * files, which. On so many columns.
 */
export function listedRows(registers: readonly DeviceRegister[], width: number): string[] {
  const places = padded(registers.map(showWhere))
  const sizes = registers.map(({ found }) => memoryNotation.size(found.register.width / 8))
  const widest = largest(sizes.map(({ length }) => length))
  const names = padded(registers.map(({ name }) => printable(name)))
  const accesses = padded(registers.map(({ found }) => found.register.access))
  const sources = registers.map(({ from }) => printable(from))
  const isMixed = new Set(sources).size > 1
  const others = [places, [''.padEnd(widest)], names, accesses, ...(isMixed ? [sources] : [])]
  const taken = others.map((column) => largest(column.map(({ length }) => length)) + 2)
  const room = textRoom(
    width,
    taken.reduce((sum, one) => sum + one, 0),
  )
  const texts = padded(registers.map((register) => registerText(register, room)))
  return registers.map((_, index) => {
    const size = sizes[index]?.padStart(widest)
    const columns = [places[index], size, names[index], accesses[index], texts[index]]
    const all = [...columns, ...(isMixed ? [sources[index]] : [])]
    // A column that all leave empty is left out.
    return all.filter(Boolean).join('  ').trimEnd()
  })
}
