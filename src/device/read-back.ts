/** Which bits of a store a load after it returns, by the description. */
import { type FoundField, fieldsOf } from '../describe/lookup.ts'
import type { Register } from '../describe/model.ts'
import { isReadable, isWritable, maskOf, ones, writeEffectOf } from './register.ts'
import type { Store } from './store.ts'

/**
 * The bits that a store changes and that then are what was written: fields that can be read and that
 * keep what is stored. A bit of no field counts, too: nothing says that it is reserved.
 */
export function keptBits({ changes, register }: Store, written: bigint): bigint {
  const { register: described } = register.found
  if (!isReadable(described.access)) return 0n
  const kept = keptByAll(described) & selectedBits(described, written)
  return changes.reduce((all, { field, mask }) => {
    return all | (mask & (field === undefined ? kept : keptByOne(described, field)))
  }, 0n)
}

function keptByAll(register: Register): bigint {
  const fields = fieldsOf(register)
  const named = fields.reduce((all, field) => all | maskOf(field), 0n)
  const unnamed = writeEffectOf(register) === undefined ? ones(register.width) & ~named : 0n
  const isKept = (field: FoundField) =>
    isWritable(field.field.access) && keptByOne(register, field) !== 0n
  const kept = fields.filter(isKept).reduce((all, field) => all | maskOf(field), unnamed)
  // Where fields have bits in common, the one that does not keep them decides.
  return fields.filter((one) => !isKept(one)).reduce((all, field) => all & ~maskOf(field), kept)
}

/** Whether a named field may be stored to is not asked here: `force` allowed it. */
function keptByOne(register: Register, field: FoundField): bigint {
  const isKept = isReadable(field.field.access) && writeEffectOf(register, field) === undefined
  return isKept ? maskOf(field) : 0n
}

/** The bits that the upper half selects, where it says which bits of the lower half change. */
function selectedBits({ highWordMask, size, width }: Register, written: bigint): bigint {
  if (!highWordMask) return ones(width)
  const half = Math.floor(size / 2)
  return (written >> BigInt(half)) & ones(half)
}
