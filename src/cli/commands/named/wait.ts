import { RequestError } from '../../../base/errors.ts'
import type { Value } from '../../../base/width.ts'
import { warningOfRead } from '../../../device/read-rules.ts'
import { placeInMemory, type SettledRegister } from '../../../device/register.ts'
import { settledIn } from '../../../device/settle.ts'
import { fieldValue } from '../../../device/values.ts'
import { refuseBareNumbers } from '../../../operate/bare-number.ts'
import { widthAt } from '../../../operate/own-width.ts'
import { unalignedNote } from '../../../operate/reading.ts'
import { shownAddress } from '../../../operate/shown-address.ts'
import {
  type Wanted as Looked,
  locateWanted,
  meets,
  prepareWait,
  toWantedItem,
} from '../../../operate/waiting.ts'
import type { WriteItem } from '../../../operate/writing.ts'
import {
  type Condition,
  extractBits,
  formatBits,
  formatCondition,
  formatDuration,
  parseCondition,
  type Relation,
} from '../../../place/index.ts'
import {
  formatNamedAssignment,
  type NamedCondition,
  orNamed,
  parseNamedCondition,
} from '../../../place/named-assignment.ts'
import { checkReachable } from '../../../place/relation.ts'
import { operandText } from '../../../report/element.ts'
import { registerToJson } from '../../../report/register.ts'
import type { ConditionReport, WaitDocument } from '../../../report/wait.ts'
import type { Base } from '../../../text/base.ts'
import type { Context } from '../../frame/context.ts'
import { showElapsed } from '../../views/format/time.ts'
import {
  alignedLines,
  operandTexts,
  shownBits,
  showOperand,
  showValue,
} from '../../views/format/value.ts'
import { spelledField } from '../../views/registers/lines.ts'
import { bitsOf, unnamed } from './change.ts'
import { refuseForPlaces } from './for-places.ts'
import { oneRegister, type Wanted } from './registers.ts'
import { type DescriptionOptions, openSession } from './session.ts'

export interface WaitNamedOptions extends DescriptionOptions {
  timeout: number
  interval: number
  base: Base
  unaligned: boolean
}

const parse = orNamed(parseCondition, parseNamedCondition)

/** A condition, as it was given, and as it is compared. */
interface Test {
  condition: Condition | NamedCondition
  relation: Relation
  item: WriteItem
  wanted?: Wanted<SettledRegister>
}

/** A condition on a register, which may not be settled. */
type NamedTest = Omit<Test, 'item' | 'wanted'> & { item: Omit<WriteItem, 'place'>; wanted: Wanted }

/** `physmem wait` of words of which some are names of registers. */
export async function waitNamed(
  context: Context,
  texts: readonly string[],
  options: WaitNamedOptions,
): Promise<0 | 3> {
  const conditions = texts.map((text) => parse(text))
  const { settings } = context
  const isPlain = (one: Condition | NamedCondition): one is Condition => !('kind' in one)
  refuseBareNumbers(texts, conditions)
  if (!conditions.some(isPlain)) refuseForPlaces(settings, options)
  const session = await openSession(context, options)
  const asked: (Test | NamedTest)[] = []
  for (const condition of conditions) {
    if (isPlain(condition)) {
      const width = widthAt(condition.place, settings)
      const item = toWantedItem(condition, width, { ...options, system: context.facts })
      asked.push({ condition, relation: condition.relation, item })
    } else {
      const wanted = await oneRegister(session, condition.operand)
      asked.push({ condition, relation: condition.relation, ...itemOf(wanted, condition) })
      const note = warningOfRead(wanted.register) ?? noteOf(wanted, condition)
      if (note !== undefined) context.note(note)
    }
  }
  const machine = await context.machine(
    'read',
    asked.map((one) => (isNamed(one) ? placeInMemory(one.wanted.register) : one.item.place)),
    asked.flatMap((one) => (isNamed(one) ? [] : [one.item.place])),
  )
  const there = await settledIn(
    machine,
    asked.flatMap((one) => (isNamed(one) ? [one.wanted] : [])),
  )
  const tests = asked.map((one): Test => {
    if (!isNamed(one)) return one
    const wanted = there.shift() as Wanted<SettledRegister>
    return { ...one, wanted, item: { ...one.item, place: wanted.register.place } }
  })
  const items = tests.map(({ item }) => item)
  const located = (await locateWanted(machine, tests, items, context.settings)).map(
    (one, index) => {
      const register = tests[index]?.wanted?.register
      if (register === undefined) return one
      const { name, endian } = register
      return endian === undefined || one.endian === 'big'
        ? { ...one, name }
        : { ...one, name, endian }
    },
  )
  const start = prepareWait(located, { timeoutUs: options.timeout, intervalUs: options.interval })
  const bytewise = items.filter((item) => item.bytewise)
  for (const note of new Set(bytewise.map(({ place, width }) => unalignedNote(place, width)))) {
    context.note(note)
  }
  const waited = await start(context.io.interrupted())
  const seen = tests.map((test, index): Seen => {
    const at = located[index] as Looked
    return { ...test, at, value: waited.values[index] ?? 0 }
  })
  record(context, seen, waited)
  for (const { item, at, value } of seen) {
    const address = shownAddress(at.memory, at.address)
    context.blanks.saw([{ place: item.place, address, width: item.width, value }])
  }
  if (waited.met) {
    if (!context.settings.json) {
      context.print(metLines(seen, waited.elapsedUs, options.base, context))
    }
    return 0
  }
  for (const one of seen) {
    if (!meets(one.at, one.value)) context.complain(unmetSentence(one, options))
  }
  return 3
}

interface Seen extends Test {
  at: Looked
  value: Value
}

function isNamed(test: Test | NamedTest): test is NamedTest {
  return test.wanted !== undefined
}

function itemOf(wanted: Wanted, condition: NamedCondition): Pick<NamedTest, 'item' | 'wanted'> {
  const { register, part } = wanted
  const { width, access } = register.found.register
  if (access === 'write-only' || access === 'write-once') {
    throw new RequestError('EUSAGE', `${register.name} is ${access}: it cannot be waited for`)
  }
  const { value, mask } = bitsOf(wanted, condition.value, 'read')
  checkReachable(condition.relation, value, part?.bits ?? width)
  const low = BigInt(part?.bits.low ?? 0)
  const plain = (bits: bigint): Value => (width === 64 ? bits : Number(bits))
  const item = {
    ...{ bits: part?.bits, width, value: plain(value) },
    ...{ whole: plain(value << low), mask: plain(mask << low), bytewise: false },
  }
  return { item, wanted }
}

function noteOf(wanted: Wanted, condition: NamedCondition): string | undefined {
  if (condition.relation !== '=') return undefined
  return unnamed(wanted, condition.value, bitsOf(wanted, condition.value, 'read').value, 'read')
}

function nameOfSeen({ wanted, item }: Test): string {
  if (wanted === undefined) return showOperand(item.place, item.bits)
  const { register, part } = wanted
  return part === undefined ? register.name : `${register.name}:${part.name}`
}

/** The value that was looked for, with its name, unless `brief`. */
function shown({ item, wanted }: Test, whole: Value, base: Base, brief = false): string {
  const field = wanted?.part?.field
  if (field !== undefined) return spelledField(field, fieldValue(field, whole), { base, brief })
  const value = item.bits === undefined ? whole : extractBits(whole, item.bits)
  return showValue(value, shownBits(item.bits, item.width), base)
}

function metLines(
  all: readonly Seen[],
  elapsedUs: number,
  base: Base,
  { settings }: Context,
): string[] {
  if (settings.quiet) return all.map((one) => shown(one, one.value, base, true))
  const names = operandTexts(
    all.map((one) => ({ ...one.item, naming: one.wanted && { name: nameOfSeen(one) } })),
  )
  const rows = all.map((one, index) => {
    const { bits, width } = one.item
    const whole = bits === undefined ? '' : `in ${showValue(one.value, width, base)}  `
    const end = `${whole}after ${showElapsed(elapsedUs)}`
    return { name: names[index] ?? '', text: shown(one, one.value, base), end }
  })
  return alignedLines(rows)
}

function unmetSentence(
  one: Seen,
  { timeout, base }: Pick<WaitNamedOptions, 'timeout' | 'base'>,
): string {
  const { item, relation, value } = one
  const whole = item.bits === undefined ? '' : ` in ${showValue(value, item.width, base)}`
  const is = `${shown(one, value, base)}${whole}`
  const sign = relation === '=' ? '' : `${relation} `
  const expected = `expected ${sign}${shown(one, item.whole, base)}`
  const what = relation === '!=' ? `is still ${is}` : `is ${is}, ${expected}`
  const how = timeout === 0 ? 'looked once' : `waited ${formatDuration(timeout)}`
  return `${nameOfSeen(one)} ${what}: ${how}`
}

function record(
  context: Context,
  all: readonly Seen[],
  { met, elapsedUs }: { met: boolean; elapsedUs: number },
): void {
  const elapsed = { elapsedUs: Math.round(elapsedUs * 1000) / 1000 }
  context.record<WaitDocument>({ met, ...elapsed, conditions: all.map(toJson) })
}

function toJson({ condition, item, at, value, wanted }: Seen): ConditionReport {
  const { place, width, bits, bytewise } = item
  const address = shownAddress(at.memory, at.address)
  const met = meets(at, value)
  if (wanted !== undefined && 'kind' in condition) {
    const element = { place, address, width, value }
    const text = formatNamedAssignment(condition)
    return { condition: text, met, ...registerToJson(wanted.register, wanted.part, element) }
  }
  const field = bits === undefined ? {} : { field: extractBits(value, bits) }
  return {
    condition: 'kind' in condition ? formatNamedAssignment(condition) : formatCondition(condition),
    ...{ met, place: operandText(place, bits), address, width, value },
    ...(bits === undefined ? {} : { bits: formatBits(bits) }),
    ...field,
    ...(bytewise ? { unaligned: true } : {}),
  }
}
