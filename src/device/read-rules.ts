import type { ReadEffect } from '../describe/model.ts'
import { type DeviceRegister, isReadable, readEffectOf } from './register.ts'

/** Why a register is not read with others. */
export type Rule = 'write-only' | 'effect' | 'name' | 'asleep' | 'misaligned'

export interface Reason {
  rule: Rule
  /** Behind the name of the register, in a sentence: `reading it clears it`. */
  text: string
}

/** What a load does, as a clause. */
export const EFFECTS: Readonly<Record<Exclude<ReadEffect, 'none'>, string>> = {
  clear: 'reading clears it',
  set: 'reading sets it',
  modify: 'reading changes it',
  external: 'reading changes something else',
}

/**
 * What names of registers have whose load takes something away: data registers and FIFOs, and those
 * that acknowledge an interrupt. Names that only the manual of one device knows are not here.
 */
const takes =
  /^(?:.*_)?(?:(?:U?S?ART|SSP|SPI|I2C|I2S)?[RT]?DR|SDR|(?:DATA_)?CMD_DATA|DATA_CMD|RBR|RHR|RXR|RXDR?|RX_?DATA|RX_?BUF|IAR|AIAR|HPPIR|EOIR?|INTACK|IACK|POP|ACK)$|FIFO(?!.*(?:STAT|CTRL|CTL|CR|SR|LVL|LEVEL|CNT|COUNT|CFG|CONF|THR|SIZE|DEPTH|EN|RST))|(?:^|_)(?:POP|ACK|RXD|RXDATA)(?:_|\d|$)/i

/** The part of its name that makes a side effect of a load likely, where nothing is said of one. */
export function suspectName({ found }: DeviceRegister): string | undefined {
  const last = found.name.split('.').at(-1) ?? ''
  const name = last.replace(/[[\]]/g, '').replace(/(?<=\D)\d+$/, '')
  if (takes.test(name)) return last
  return /FIFO|MAILBOX/i.test(found.block.name) && !/STAT|CTRL|CFG|CONFIG|ID$/i.test(name)
    ? found.block.name
    : undefined
}

/** Why this register is skipped where many are read, or `undefined` where it is not. */
export function whyNotInBulk(register: DeviceRegister): Reason | undefined {
  const { access } = register.found.register
  if (!isReadable(access)) return { rule: 'write-only', text: `it is ${access}` }
  if (register.asleep !== undefined) return { rule: 'asleep', text: register.asleep }
  return whyHarmful(register) ?? whyMisaligned(register)
}

function whyHarmful(register: DeviceRegister): Reason | undefined {
  const known = readEffectOf(register.found.register)
  if (known?.effect === 'none') return undefined
  if (known !== undefined) return { rule: 'effect', text: effectText(known.effect, known.field) }
  const word = suspectName(register)
  if (word === undefined) return undefined
  return { rule: 'name', text: `${word} is a name of what a read takes from` }
}

/** Why no single load reaches it: most buses make accesses at multiples of their width alone. */
export function whyMisaligned({ place, found }: DeviceRegister): Reason | undefined {
  const size = found.register.width / 8
  const start =
    place.scheme === 'pid'
      ? place.virtual
      : place.scheme === 'kernel' && typeof place.at === 'bigint'
        ? place.at
        : 0n
  if ((start + BigInt(place.offset)) % BigInt(size) === 0n) return undefined
  return { rule: 'misaligned', text: `it is not at a multiple of ${size} bytes` }
}

/** What to say before one register is read that was asked for by its name. */
export function warningOfRead(register: DeviceRegister): string | undefined {
  const { name, asleep } = register
  if (asleep !== undefined) return `${name}: ${asleep}, and an access may never end`
  const known = readEffectOf(register.found.register)
  if (known === undefined || known.effect === 'none') return undefined
  return `${name}: ${effectText(known.effect, known.field)}`
}

/** What to say before one register is written. */
export function warningOfWrite({ name, asleep }: DeviceRegister): string | undefined {
  return asleep === undefined ? undefined : `${name}: ${asleep}, and an access may never end`
}

export function effectText(
  effect: Exclude<ReadEffect, 'none'> | ReadEffect,
  field?: string,
): string {
  if (effect === 'none') return 'reading does nothing'
  const text = EFFECTS[effect]
  return field === undefined ? text : text.replace(/\bit\b/, field)
}

/** What was skipped, by rule, in one sentence; `undefined` for nothing. */
export function skippedSentence(
  skipped: readonly { register: DeviceRegister; reason: Reason }[],
): string | undefined {
  if (skipped.length === 0) return undefined
  const parts = (['write-only', 'effect', 'name', 'asleep', 'misaligned'] as const).flatMap(
    (rule) => {
      const those = skipped.filter(({ reason }) => reason.rule === rule)
      if (those.length === 0) return []
      const names = those.slice(0, 4).map(({ register }) => register.name)
      const more = those.length > names.length ? `, and ${those.length - names.length} more` : ''
      return [`${names.join(', ')}${more} (${RULES[rule](those[0]?.reason.text ?? '')})`]
    },
  )
  const count = skipped.length === 1 ? '1 register was' : `${skipped.length} registers were`
  return `${count} not read: ${parts.join('; ')}`
}

const RULES: Readonly<Record<Rule, (text: string) => string>> = {
  'write-only': () => 'write-only',
  effect: () => 'reading has an effect',
  name: () => 'by the name a read may take something, and nothing is said of it',
  asleep: (text) => text,
  misaligned: () => 'not at a multiple of its width',
}
