import { type FoundField, fieldsOf } from '../describe/lookup.ts'
import type { WriteEffect } from '../describe/model.ts'
import { formatHex } from '../text/number.ts'
import { refusal } from '../text/refuse.ts'
import { ON_THE_LINE, type StoreWords } from '../wording/store.ts'
import { clearsByName } from './names.ts'
import { harmOfRead } from './read-rules.ts'
import {
  type DeviceRegister,
  isReadable,
  isWritable,
  maskOf,
  ones,
  refuseSplit,
  writeEffectOf,
} from './register.ts'
import { type Change, type Cure, checkChange, notesOfAsRead, type Refuse } from './store-values.ts'

export type { Change } from './store-values.ts'

/** What is made of a neighbour of the bits that change, where it does not stay as it was read. */
export interface Neutral {
  name: string
  mask: bigint
  /** Where they stand. */
  value: bigint
  why: 'one-to' | 'zero-to' | 'reset'
}

/** One register, and how it is changed: by one store, or by one load and one store. */
export interface Store<R extends DeviceRegister = DeviceRegister> {
  register: R
  changes: readonly Change[]
  /** A load comes first: the bits outside of `mask` stay as it gives them. */
  isUpdate: boolean
  /** The bits of `value` that are stored; without a load, all. */
  mask: bigint
  value: bigint
  neutral: readonly Neutral[]
  notes: readonly string[]
}

/** What a store of anything makes of bits that were not meant. */
const UNLIKE: Partial<Record<WriteEffect, string>> = {
  clear: 'any store clears',
  set: 'any store sets',
  modify: 'a store changes',
}

export interface StoreOptions {
  /** Does what is refused without it. */
  force?: boolean
  /** Those of the caller: a line's, if absent. */
  words?: StoreWords
}

/**
 * How these bits of a register are changed so that its other bits keep what they are. Throws EUSAGE
 * where that cannot be known, which `force` overrides.
 */
export function planStore<R extends DeviceRegister>(
  register: R,
  changes: readonly Change[],
  { force = false, words = ON_THE_LINE }: StoreOptions = {},
): Store<R> {
  refuseSplit(register)
  const { access } = register.found.register
  const refuse: Refuse = (text, cure = forced, reason) => {
    if (force) return
    throw refusal('EUSAGE', text, register.name, {
      cure: cure(words),
      ...(reason === undefined ? {} : { reason }),
    })
  }
  if (!isWritable(access)) refuse(`${register.name} is read-only`)
  for (const change of changes) checkChange(register, change, refuse)
  const mask = changes.reduce((all, change) => all | change.mask, 0n)
  const value = changes.reduce((all, change) => all | (change.value & change.mask), 0n)
  const notes: string[] = []
  if (changes.some(({ isWhole }) => isWhole)) {
    const note = noteOfHighWord(register, value)
    if (note !== undefined) notes.push(note)
    notes.push(...notesOfAsRead(register))
    return { register, changes, isUpdate: false, mask, value, neutral: [], notes }
  }
  if (register.found.register.highWordMask) return withHighWord(register, changes, mask, value)
  const around = neighbours(register, mask, refuse)
  const neutralValue = around.neutral.reduce((all, one) => all | one.value, 0n)
  const keep = around.keep
  const whole = ones(register.found.register.width)
  const store = { register, changes, neutral: around.neutral, notes }
  if (keep === 0n) return { ...store, isUpdate: false, mask: whole, value: value | neutralValue }
  if (!isReadable(access) && !force) {
    const { reset, resetMask = whole } = register.found.register
    if (reset === undefined || (keep & ~resetMask) !== 0n) {
      throw refusal(
        'EUSAGE',
        `${register.name} is ${access}, so its other bits cannot be kept, and nothing says what they are after a reset`,
        register.name,
        { cure: `give the whole value, as in ${words.whole(register.name)}` },
      )
    }
    notes.push(
      `${register.name} is ${access}: its other bits are written as they are after a reset, ${formatHex(reset & keep)}`,
    )
    return { ...store, isUpdate: false, mask: whole, value: value | neutralValue | (reset & keep) }
  }
  const harm = harmOfRead(register)
  if (harm !== undefined) {
    const what = harm.other === undefined ? harm.text : `${harm.text}: ${harm.other}`
    const reason = `its other bits must be read to be kept, and ${what}`
    const overlay = '; an overlay with safe: true says that a read is harmless'
    const cure = wholeOrForced(register, harm.rule === 'name' ? overlay : '')
    refuse(`${register.name}: ${reason}`, cure, reason)
  }
  const doubt = doubtOfKept(register, keep)
  if (doubt?.isRefused) refuse(doubt.text, doubt.cure)
  else if (doubt !== undefined) notes.push(doubt.text)
  return {
    ...store,
    isUpdate: true,
    mask: ones(register.found.register.size) & ~keep,
    value: value | neutralValue,
  }
}

const forced: Cure = ({ force }) => `give ${force} to do it anyway`

function wholeOrForced({ name }: DeviceRegister, more: string): Cure {
  return ({ whole, force }) => `give the whole value, as in ${whole(name)}, or ${force}${more}`
}

/** What a store of a 1 likely does to a bit, by the register's name, where nothing is said of stores. */
export function clearsUnsaid({ found }: DeviceRegister): ReturnType<typeof clearsByName> {
  const { register, block, name } = found
  const fields = fieldsOf(register).map(({ field }) => field)
  if ([register, ...fields].some((one) => one.writeEffect)) return undefined
  return clearsByName(name, { block: block.name, group: block.group })
}

/** Whether bits that are written as they were read may be cleared by that, where nothing is said. */
function doubtOfKept(
  register: DeviceRegister,
  keep: bigint,
): { isRefused: boolean; text: string; cure?: Cure } | undefined {
  const { register: described } = register.found
  const fields = fieldsOf(described)
  const how = clearsUnsaid(register)
  const kept = fields.filter(
    (one) => (maskOf(one) & keep) !== 0n && isWritable(one.field.access ?? described.access),
  )
  // Where fields are described, other bits are reserved, and read as 0.
  if (how === undefined || (fields.length > 0 && kept.length === 0)) return undefined
  if (how === 'may') {
    const text = `${register.name}: by its name, it may have flags that a 1 clears, and its other bits are written as they are read`
    return { isRefused: false, text }
  }
  const text = `${register.name}: by its name, a 1 that is written clears or changes a bit, so that to write its other bits as they are read would clear them`
  const overlay = '; an overlay that says on-write (modifiedWriteValues) settles it'
  const cure = wholeOrForced(register, overlay)
  return { isRefused: true, text, cure }
}

/** What is to become of the bits that are not meant. */
function neighbours(
  register: DeviceRegister,
  mask: bigint,
  refuse: Refuse,
): { keep: bigint; neutral: Neutral[] } {
  const { register: described } = register.found
  const all = ones(described.width)
  const neutral: Neutral[] = []
  let settled = mask
  let named = 0n
  const fields = fieldsOf(described)
  for (const field of fields) {
    const bits = maskOf(field) & all
    named |= bits
    const part = bits & ~settled
    if (part === 0n) continue
    const made = neutralOf(register, field, part, refuse)
    if (made === undefined) continue
    neutral.push(made)
    settled |= part
  }
  const rest = all & ~named & ~settled
  const others = rest === 0n ? undefined : neutralOf(register, undefined, rest, refuse)
  if (others !== undefined) {
    neutral.push(others)
    settled |= rest
  }
  return { keep: all & ~settled, neutral }
}

/** What bits are written as, so that nothing happens to them; `undefined`: as they were read. */
function neutralOf(
  register: DeviceRegister,
  field: FoundField | undefined,
  mask: bigint,
  refuse: Refuse,
): Neutral | undefined {
  const { register: described } = register.found
  const name = field?.name ?? 'bits without a name'
  const effect = writeEffectOf(described, field)
  if (effect?.startsWith('one-to')) return { name, mask, value: 0n, why: 'one-to' }
  if (effect?.startsWith('zero-to')) return { name, mask, value: mask, why: 'zero-to' }
  const unlike = effect === undefined ? undefined : UNLIKE[effect]
  if (unlike !== undefined) {
    const reason = `${unlike} ${field?.name ?? 'its bits without a name'} as well`
    refuse(`${register.name}: ${reason}`, undefined, reason)
  }
  const isHidden = field?.field.access !== undefined && !isReadable(field.field.access)
  if (!isHidden || !isReadable(described.access)) return undefined
  const { reset, resetMask } = described
  if (reset === undefined || (mask & ~(resetMask ?? mask)) !== 0n) {
    const reason = `${name} is ${field.field.access}, so it cannot be kept, and nothing says what it is after a reset`
    const cure: Cure = (words) => `give it a value, too, as in ${words.also(register.name, name)}`
    refuse(`${register.name}: ${reason}`, cure, reason)
    return undefined
  }
  return { name, mask, value: reset & mask, why: 'reset' }
}

/** That a whole value changes nothing, where its upper half says which bits change, and is 0. */
function noteOfHighWord({ name, found }: DeviceRegister, value: bigint): string | undefined {
  const half = Math.floor(found.register.size / 2)
  if (!found.register.highWordMask || value >> BigInt(half) !== 0n) return undefined
  const bits = formatHex(value === 0n ? ones(half) : value)
  return `${name}: bits ${2 * half - 1} to ${half} say which bits below them change, and are 0, so that none does: name the bits, as in '${name}{${formatHex(value)},${bits}}'`
}

/** The bits of the upper half say which of the lower half change. */
function withHighWord<R extends DeviceRegister>(
  register: R,
  changes: readonly Change[],
  mask: bigint,
  value: bigint,
): Store<R> {
  const half = Math.floor(register.found.register.size / 2)
  if (mask >> BigInt(half) !== 0n) {
    const text = `${register.name}: bits ${2 * half - 1} to ${half} only say which bits below them change: name those`
    throw refusal('EUSAGE', text, register.name)
  }
  const whole = ones(register.found.register.width)
  const stored = value | (mask << BigInt(half))
  return { register, changes, isUpdate: false, mask: whole, value: stored, neutral: [], notes: [] }
}

/**
 * Changes of one register in a row are made together; one of bits that were changed
 * already begins anew, so that `RESET=1 RESET=0` is a pulse.
 */
export function together<T extends { register: DeviceRegister; change: Change }>(
  all: readonly T[],
): T[][] {
  const groups: T[][] = []
  for (const one of all) {
    const last = groups.at(-1)
    const same = last?.[0]?.register.name === one.register.name
    const overlaps = last?.some(({ change }) => (change.mask & one.change.mask) !== 0n)
    if (last !== undefined && same && !overlaps) last.push(one)
    else groups.push([one])
  }
  return groups
}
