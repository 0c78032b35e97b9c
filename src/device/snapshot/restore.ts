import { PhysmemError } from '../../base/errors.ts'
import { fieldsOf } from '../../describe/lookup.ts'
import { suspectedTaking } from '../read-rules.ts'
import { type DeviceRegister, isWritable, maskOf, ones, writeEffectOf } from '../register.ts'
import { planStore, type Store } from '../store.ts'

/** What becomes of a register when a snapshot is restored. */
export type Restoration =
  | { kind: 'same'; register: DeviceRegister }
  | { kind: 'store'; register: DeviceRegister; store: Store; left?: string }
  | { kind: 'left'; register: DeviceRegister; why: string }

/**
 * How a register gets the value back that it had. Only bits that differ and keep what is written are
 * written; those whose store does something else, such as bits that a 1 clears, are never: what they
 * had cannot be given back to them. `force` writes what by its name is no place for values, too.
 */
export function planRestoration(
  register: DeviceRegister,
  saved: bigint,
  present: bigint,
  { force = false }: { force?: boolean } = {},
): Restoration {
  const described = register.found.register
  const differs = (saved ^ present) & ones(described.width)
  if (differs === 0n) return { kind: 'same', register }
  const left = (why: string): Restoration => ({ kind: 'left', register, why })
  if (!isWritable(described.access)) return left('it is read-only')
  if (/once/.test(described.access)) return left(`it is ${described.access}`)
  const isSuspect = suspectedTaking(register) !== undefined
  if (isSuspect && !force) {
    return left('by its name, it takes data or commands')
  }
  const { mask, why } = restorable(register, differs)
  if (mask === 0n) return left(why)
  const name = register.name
  const changes = [{ name, mask, value: saved & mask }]
  try {
    const store = planStore(register, changes, { force: force && isSuspect })
    const rest = differs & ~mask
    return { kind: 'store', register, store, ...(rest === 0n ? {} : { left: why }) }
  } catch (error) {
    if (!(error instanceof PhysmemError)) throw error
    return left(error.message.replace(`${name}: `, ''))
  }
}

/** Of the bits that differ, those that a store gives their value; and what is wrong with the others. */
function restorable(register: DeviceRegister, differs: bigint): { mask: bigint; why: string } {
  const described = register.found.register
  const fields = fieldsOf(described)
  const half = described.highWordMask ? ones(Math.floor(described.size / 2)) : ones(64)
  let mask = 0n
  let named = 0n
  const reasons: string[] = []
  for (const field of fields) {
    const bits = maskOf(field)
    named |= bits
    const part = bits & differs & half
    if (part === 0n) continue
    const { access } = field.field
    const effect = writeEffectOf(described, field)
    if (effect !== undefined) reasons.push(`${field.name} is ${effect}`)
    else if (!isWritable(access) || /once/.test(access ?? '')) {
      reasons.push(`${field.name} is ${access}`)
    } else mask |= part
  }
  const others = differs & ~named & half
  if (others !== 0n) {
    if (described.writeEffect !== undefined) reasons.push(`it is ${described.writeEffect}`)
    else if (fields.length > 0) reasons.push('bits differ that nothing describes')
    else mask |= others
  }
  return { mask, why: reasons.join(', ') || 'its upper half only says which bits change' }
}
