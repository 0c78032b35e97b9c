import { PhysmemError } from '../../base/errors.ts'
import { fieldsOf } from '../../describe/lookup.ts'
import type { Access } from '../../describe/model.ts'
import { formatBits } from '../../text/bits.ts'
import { actsByName } from '../names.ts'
import { suspectedTaking } from '../read-rules.ts'
import { type DeviceRegister, isWritable, maskOf, ones, writeEffectOf } from '../register.ts'
import { clearsUnsaid, planStore, type Store } from '../store.ts'
import { STORE_EFFECTS } from '../store-effects.ts'

/** What becomes of a register when a snapshot is restored. */
export type Restoration<R extends DeviceRegister = DeviceRegister> =
  | { kind: 'same'; register: R }
  | { kind: 'store'; register: R; store: Store<R>; left: Left[] }
  | { kind: 'left'; register: R; left: Left[] }

/** What differs and is not restored: a register, or a part of one. */
export interface Left {
  /** As the command line takes it: `UART0.CR`, `UART0.CR:TXEN`, `UART0.CR:31:16`. */
  name: string
  /** Behind the name, in a sentence: `a 1 clears it`. */
  why: string
}

/**
 * How a register gets the value back that it had. Only bits that differ and keep what is written are
 * written; those whose store does something else, such as bits that a 1 clears, are never: what they
 * had cannot be given back to them. `force` writes what by its name is not a place for values, too.
 */
export function planRestoration<R extends DeviceRegister>(
  register: R,
  saved: bigint,
  present: bigint,
  { force = false }: { force?: boolean } = {},
): Restoration<R> {
  const described = register.found.register
  const differs = (saved ^ present) & ones(described.width)
  if (differs === 0n) return { kind: 'same', register }
  const name = register.name
  const left = (why: string): Restoration<R> => ({ kind: 'left', register, left: [{ name, why }] })
  const fixed = whyFixed(described.access)
  if (fixed !== undefined) return left(fixed)
  const suspected = suspectedTaking(register.found)
  const acts = suspected !== undefined || actsByName(register.found.name)
  const isCleared = clearsUnsaid(register) !== undefined
  const isSuspect = acts || isCleared
  if (acts && !force) return left(`by its ${suspected?.by ?? 'name'}, it takes data or commands`)
  if (isCleared && !force) return left('by its name, a 1 that is written may clear it')
  const { mask, left: others } = restorable(register, differs)
  if (mask === 0n) return { kind: 'left', register, left: others }
  const changes = [{ name, mask, value: saved & mask }]
  try {
    const store = planStore(register, changes, { force: force && isSuspect })
    return { kind: 'store', register, store, left: others }
  } catch (error) {
    if (!(error instanceof PhysmemError)) throw error
    return left(error.data.reason ?? error.message)
  }
}

/** Why what has this access is not restored, where it is not. */
function whyFixed(access: Access | undefined): string | undefined {
  if (!isWritable(access)) return 'it is read-only'
  return /once/.test(access ?? '') ? 'it may be written once only' : undefined
}

/** Of the bits that differ, those that a store gives their value; and what is wrong with the others. */
function restorable(register: DeviceRegister, differs: bigint): { mask: bigint; left: Left[] } {
  const described = register.found.register
  const fields = fieldsOf(described)
  const half = described.highWordMask ? ones(Math.floor(described.size / 2)) : ones(64)
  let mask = 0n
  let named = 0n
  const left: Left[] = []
  for (const field of fields) {
    const bits = maskOf(field)
    named |= bits
    const part = bits & differs & half
    if (part === 0n) continue
    const effect = writeEffectOf(described, field)
    const why = effect === undefined ? whyFixed(field.field.access) : STORE_EFFECTS[effect]
    if (why === undefined) mask |= part
    else left.push({ name: `${register.name}:${field.name}`, why })
  }
  const others = differs & ~named & half
  if (others !== 0n) {
    const effect = described.writeEffect
    if (effect === undefined && fields.length === 0) mask |= others
    else {
      const why = effect === undefined ? 'nothing describes it' : STORE_EFFECTS[effect]
      left.push(
        ...namesOfBits(register, fields.length === 0, others).map((name) => ({ name, why })),
      )
    }
  }
  const why = 'its upper half only says which bits change'
  if (mask === 0n && left.length === 0) left.push({ name: register.name, why })
  return { mask, left }
}

/** Bits that have no name: one text for those that stand together; of a register without fields, its name. */
function namesOfBits({ name }: DeviceRegister, isWhole: boolean, mask: bigint): string[] {
  if (isWhole) return [name]
  const runs: string[] = []
  for (let low = 0; mask >> BigInt(low) !== 0n; low++) {
    if (((mask >> BigInt(low)) & 1n) === 0n) continue
    let high = low
    while (((mask >> BigInt(high + 1)) & 1n) === 1n) high++
    runs.unshift(`${name}:${formatBits({ high, low })}`)
    low = high
  }
  return runs
}
