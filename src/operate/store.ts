import type { Value } from '../base/width.ts'
import { keptBits } from '../device/read-back.ts'
import { type DeviceRegister, inOrder, type SettledRegister } from '../device/register.ts'
import type { Store } from '../device/store.ts'
import type { Location } from '../machine/machine.ts'
import type { Step } from '../memory/step.ts'
import type { Place } from '../place/schemes/index.ts'
import type { Plan } from './plan.ts'
import { type ShownAddress, shownAddress } from './shown-address.ts'

/** A planned store of a register, and after the run what came of it. */
export interface Storing {
  readonly store: Store<SettledRegister>
  readonly address: ShownAddress
  readonly done: boolean
  /** The whole value before, where it was read. */
  readonly old: Value | undefined
  /** The whole value that was written. */
  readonly written: Value | undefined
  /** The whole value that was read back. */
  readonly readBack: Value | undefined
}

/**
 * Adds the steps of a store: one load and one store, or one store alone; a load after it to verify.
 */
export function planStoring(
  plan: Plan,
  store: Store<SettledRegister>,
  { memory, address }: Location,
  { verify }: { verify: boolean },
): Storing {
  const { register, isUpdate } = store
  const { place } = register
  const { width } = register.found.register
  const value = toValue(store.value, register)
  const add = (step: Step) => plan.add(memory, place, step, register.name)
  const step = isUpdate
    ? add({ op: 'update', address, width, mask: toValue(store.mask, register), value })
    : add({ op: 'write', address, width, value })
  const check = verify ? add({ op: 'read', address, width }) : undefined
  return {
    store,
    address: shownAddress(memory, address),
    get done() {
      return step.done
    },
    get old() {
      return isUpdate && step.done ? inOrder(step.value, register) : undefined
    },
    get written() {
      if (!step.done) return undefined
      return isUpdate ? inOrder(step.written, register) : inOrder(value, register)
    },
    get readBack() {
      return check?.done ? inOrder(check.value, register) : undefined
    },
  }
}

function toValue(value: bigint, register: DeviceRegister): Value {
  const { width } = register.found.register
  return inOrder(width === 64 ? value : Number(value), register)
}

/** The register that a store updates by a read-modify-write. */
export function updatedRegister({ isUpdate, register }: Store<SettledRegister>): Place[] {
  return isUpdate ? [register.place] : []
}

/** Whether what was read back is what was written, in the bits that keep it. */
export function isStored(storing: Storing): boolean {
  const { store, written, readBack } = storing
  if (readBack === undefined || written === undefined) return false
  return (changedBits(storing) & keptBits(store, BigInt(written))) === 0n
}

/** The bits that were stored and that read back as something else, as the description says they may. */
export function unkeptBits(storing: Storing): bigint {
  const { store, written } = storing
  const named = store.changes.reduce((all, { mask }) => all | mask, 0n)
  return changedBits(storing) & named & ~keptBits(store, BigInt(written ?? 0))
}

function changedBits({ written, readBack }: Storing): bigint {
  return written === undefined || readBack === undefined ? 0n : BigInt(written) ^ BigInt(readBack)
}
