/** Which bits of a store a load behind it gives back, by the description. */
import { type FoundField, fieldsOf } from '../describe/lookup.ts'
import type { Register } from '../describe/model.ts'
import { isReadable, isWritable, maskOf, ones, writeEffectOf } from './register.ts'
import type { Store } from './store.ts'

/**
 * The bits that a store changes and that then are what was written: fields that can be read and that
 * keep what is stored. A bit of no field is one, too: that it is reserved is said nowhere.
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

/** That a field is stored to is no question where it was named: then `force` says so. */
function keptByOne(register: Register, field: FoundField): bigint {
  const isKept = isReadable(field.field.access) && writeEffectOf(register, field) === undefined
  return isKept ? maskOf(field) : 0n
}

/** Where the upper half says which bits of the lower one change, those that it does. */
function selectedBits({ highWordMask, size, width }: Register, written: bigint): bigint {
  if (!highWordMask) return ones(width)
  const half = Math.floor(size / 2)
  return (written >> BigInt(half)) & ones(half)
}
