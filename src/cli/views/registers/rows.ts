import type { DeviceRegister } from '../../../device/register.ts'
import { printable } from '../../../text/refuse.ts'
import { padded } from '../format/value.ts'
import { registerText } from './register-text.ts'
import { textRoom } from './text-room.ts'
import { showWhere } from './where.ts'

/** Registers one a line: name, place, width, access, what for, and what a load does; on so many columns. */
export function registerRows(registers: readonly DeviceRegister[], width: number): string[] {
  const names = padded(registers.map(({ name }) => printable(name)))
  const places = padded(registers.map(showWhere))
  const widths = padded(registers.map(({ found }) => `${found.register.width} bits`))
  const accesses = padded(registers.map(({ found }) => found.register.access))
  return registers.map((register, index) => {
    const before = `${[names[index], places[index], widths[index], accesses[index]].join('  ')}  `
    return `${before}${registerText(register, textRoom(width, before.length))}`.trimEnd()
  })
}
