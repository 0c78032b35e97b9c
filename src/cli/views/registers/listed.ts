import { largest } from '../../../base/extreme.ts'
import type { DeviceRegister } from '../../../device/register.ts'
import { oneLine } from '../../../text/one-line.ts'
import { printable } from '../../../text/refuse.ts'
import { padded } from '../format/value.ts'
import { memoryNotation } from '../map/rows.ts'
import { showWhere } from './where.ts'

/**
 * Registers as places are listed: place, size, name, access, what for in so many characters at most; of
 * several files, which.
 */
export function listedRows(registers: readonly DeviceRegister[], room: number): string[] {
  const places = padded(registers.map(showWhere))
  const sizes = registers.map(({ found }) => memoryNotation.size(found.register.width / 8))
  const widest = largest(sizes.map(({ length }) => length))
  const names = padded(registers.map(({ name }) => printable(name)))
  const accesses = padded(registers.map(({ found }) => found.register.access))
  const texts = padded(registers.map(({ found }) => oneLine(found.register.description, room)))
  const isMixed = new Set(registers.map(({ from }) => from)).size > 1
  return registers.map(({ from }, index) => {
    const size = sizes[index]?.padStart(widest)
    const columns = [places[index], size, names[index], accesses[index], texts[index]]
    const all = [...columns, ...(isMixed ? [printable(from)] : [])]
    // A column that all leave empty is left out.
    return all.filter(Boolean).join('  ').trimEnd()
  })
}
