import type { FoundRegister } from '../describe/lookup.ts'
import type { ReadEffect, Register } from '../describe/model.ts'
import { counted, were } from '../text/count.ts'
import { clip } from '../text/refuse.ts'
import { type Taking, takenByName } from './names.ts'
import { type DeviceRegister, isReadable, readEffectOf, splitText } from './register.ts'
import { clearedByWords, takenByWords } from './words.ts'

/** What a load may take, and what tells so. */
export interface Suspected {
  taking: Taking
  by: 'name' | 'description'
}

/** Why a register is not read with others. */
export type Rule = 'write-only' | 'split' | 'effect' | 'name' | 'asleep' | 'misaligned'

export interface Reason {
  rule: Rule
  /** Behind the name of the register, in a sentence: `reading clears it`. */
  text: string
}

/** What a load does, as a clause. */
export const EFFECTS: Readonly<Record<Exclude<ReadEffect, 'none'>, string>> = {
  clear: 'reading clears it',
  set: 'reading sets it',
  modify: 'reading changes it',
  external: 'reading changes something else',
  fault: 'reading it ends in a bus error',
}

/** What a load may take by the names of a register and its block, or by prose, where nothing is said of one. */
export function suspectedTaking({ name, block, register }: FoundRegister): Suspected | undefined {
  const named = takenByName(name, { block: block.name, group: block.group })
  if (named !== undefined) return { taking: named, by: 'name' }
  const told = takenByWords(register.description) ?? clearedByFields(register)
  return told && { taking: told, by: 'description' }
}

/** What a load does or may do besides. */
interface Harm {
  rule: 'effect' | 'name'
  /** A clause: `reading clears it`, `by its name, reading may take data`. */
  text: string
  /** Of what its name makes likely. */
  isUnsaid?: true
  /** The same clause of another register, which is described where it is. */
  other?: string
}

/**
 * What a load of this register does to the device, or may do by its name; that of another one that is
 * described where it is, too. `undefined` where nothing is known or likely, or it is said to do nothing.
 */
export function harmOfRead(register: DeviceRegister): Harm | undefined {
  const { found } = register
  if (readEffectOf(found.register)?.effect === 'none') return undefined
  const own = harmOf(found)
  if (own !== undefined) return own
  for (const other of register.sharing()) {
    if (!isReadable(other.register.access)) continue
    const harm = harmOf(other)
    if (harm === undefined) continue
    return { rule: harm.rule, text: `it is where ${other.path} is`, other: harm.text }
  }
  return undefined
}

function harmOf(found: FoundRegister): Harm | undefined {
  const known = readEffectOf(found.register)
  if (known?.effect === 'none') return undefined
  if (known !== undefined) return { rule: 'effect', text: effectText(known.effect, known.field) }
  const suspected = suspectedTaking(found)
  if (suspected === undefined) return undefined
  const { taking, by } = suspected
  const text = `by its ${by}, reading ${taking}`
  return { rule: 'name', text, ...(by === 'name' && { isUnsaid: true }) }
}

/** Why this register is skipped where many are read, or `undefined` where it is not. */
export function whyNotInBulk(register: DeviceRegister): Reason | undefined {
  const { access } = register.found.register
  if (!isReadable(access)) return { rule: 'write-only', text: `it is ${access}` }
  if (register.asleep !== undefined) return { rule: 'asleep', text: register.asleep }
  const harm = harmOfRead(register)
  return harm ? { rule: harm.rule, text: toldOf(harm) } : whyNever(register)
}

/** Why no single load gives all of it, which nothing overrides. */
export function whyNever(register: DeviceRegister): Reason | undefined {
  const split = splitText(register)
  return split === undefined ? whyMisaligned(register) : { rule: 'split', text: split }
}

/**
 * Why no single load reaches it: most buses make accesses at multiples of their width alone, not so
 * I2C, whose registers have numbers. Of one that is not settled nothing is known yet.
 */
export function whyMisaligned({ place, found }: DeviceRegister): Reason | undefined {
  if (place === undefined || place.scheme === 'i2c') return undefined
  const size = found.register.width / 8
  const start =
    place.scheme === 'pid'
      ? place.virtual
      : place.scheme === 'kernel' && typeof place.at === 'bigint'
        ? place.at
        : 0n
  if ((start + BigInt(place.offset)) % BigInt(size) === 0n) return undefined
  return { rule: 'misaligned', text: `it is not aligned to ${size * 8} bits` }
}

/** What to say before one register is read that was asked for by its name. */
export function warningOfRead(register: DeviceRegister): string | undefined {
  const { name, asleep } = register
  if (asleep !== undefined) return `${name}: ${asleep}, and an access may never complete`
  const harm = harmOfRead(register)
  return harm && `${name}: ${toldOf(harm)}${harm.other === undefined ? '' : `, and ${harm.other}`}`
}

function toldOf({ text, isUnsaid }: Harm): string {
  return isUnsaid ? `${text}, and its description does not mention it` : text
}

/** What to say before one register is written. */
export function warningOfWrite({ name, asleep }: DeviceRegister): string | undefined {
  return asleep === undefined ? undefined : `${name}: ${asleep}, and an access may never complete`
}

/** What the prose of its fields says that a load clears. */
function clearedByFields(register: Register): Taking | undefined {
  return register.fields.some(({ description }) => clearedByWords(description))
    ? 'may clear flags'
    : undefined
}

export function effectText(
  effect: Exclude<ReadEffect, 'none'> | ReadEffect,
  field?: string,
): string {
  if (effect === 'none') return 'reading does nothing'
  const text = EFFECTS[effect]
  return field === undefined ? text : text.replace(/\bit\b/, () => field)
}

/** What was skipped, and why, in one sentence; `undefined` for nothing. */
export function skippedSentence(
  skipped: readonly { register: DeviceRegister; reason: Reason }[],
): string | undefined {
  const inOrder = ORDER.flatMap((rule) => skipped.filter(({ reason }) => reason.rule === rule))
  const left = inOrder.map(({ register, reason }) => ({
    register: register.name,
    why: reason.rule === 'misaligned' ? 'not at a multiple of its width' : reason.text,
  }))
  return leftSentence('read', left)
}

/** What was left, which was not done with it, and why, in one sentence; `undefined` for nothing. */
export function leftSentence(done: string, left: readonly Left[]): string | undefined {
  if (left.length === 0) return undefined
  return `${counted(left.length, 'register')} ${were(left.length)} not ${done}: ${byReason(left)}`
}

/** A register, or a part of one, that was left as it is, and why. */
interface Left {
  register: string
  why: string
}

/** `A, B (why); C (why)`, a few for each reason. */
export function byReason(left: readonly Left[]): string {
  const reasons = new Map<string, string[]>()
  for (const { register, why } of left) {
    reasons.set(why, [...(reasons.get(why) ?? []), clip(register)])
  }
  const parts = [...reasons].map(([why, all]) => {
    const names = all.slice(0, 4)
    const more = all.length > names.length ? `, and ${all.length - names.length} more` : ''
    return `${names.join(', ')}${more} (${ofAll(why, all.length)})`
  })
  return parts.join('; ')
}

/** A clause of one register, said of so many: `reading clears them`. */
export function ofAll(clause: string, count: number): string {
  if (count === 1) return clause
  return SEVERAL.reduce(
    (text, [one, several]) => text.replace(one, (all, word) => several(all, word)),
    clause,
  )
}

const SEVERAL: readonly [one: RegExp, several: (all: string, word?: string) => string][] = [
  [/^it is\b/, () => 'they are'],
  [/^it has\b/, () => 'they have'],
  [/^it may\b/, () => 'they may'],
  [/, it takes\b/, () => ', they take'],
  [/\bmay clear it\b/, () => 'may clear them'],
  [/^not at a multiple of its\b/, () => 'not at multiples of their'],
  [/\bits bus carries\b/, () => 'their bus carries'],
  [/\bby its (name|description)\b/, (_, word = '') => `by their ${word}s`],
  [/\bits description does not\b/, () => 'their descriptions do not'],
  [/\breading( \w+)? it\b/, (_, word = '') => `reading${word} them`],
]

const ORDER: readonly Rule[] = ['write-only', 'split', 'effect', 'name', 'asleep', 'misaligned']
