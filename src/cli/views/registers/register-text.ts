import { effectText } from '../../../device/read-rules.ts'
import { type DeviceRegister, isReadable, readEffectOf } from '../../../device/register.ts'
import { oneLine } from '../../../text/one-line.ts'

/** What a register is for, and what a load does besides, in so many characters at most. */
export function registerText({ found: { register } }: DeviceRegister, room: number): string {
  const known = isReadable(register.access) ? readEffectOf(register) : undefined
  if (known === undefined || known.effect === 'none') return oneLine(register.description, room)
  const effect = `(${effectText(known.effect, known.field)})`
  return `${oneLine(register.description, room - effect.length - 1)} ${effect}`.trimStart()
}
