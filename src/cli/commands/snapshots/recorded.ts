/** What `record` takes: places and names, and what of them are signals. */
import { RequestError } from '../../../base/errors.ts'
import { fieldsOf } from '../../../describe/lookup.ts'
import { skippedSentence } from '../../../device/read-rules.ts'
import { isReadable, placeInMemory, type Whereabouts, whereOf } from '../../../device/register.ts'
import type { Session } from '../../../device/session.ts'
import { widthAt } from '../../../operate/own-width.ts'
import { toReadItem } from '../../../operate/reading.ts'
import type { RecordedRegister, RecordedTrigger } from '../../../operate/record/recording.ts'
import { toWriteItem } from '../../../operate/writing.ts'
import { showPlace } from '../../../place/at.ts'
import {
  type Condition,
  countBits,
  formatBits,
  type Operand,
  parseCondition,
  parseOperand,
} from '../../../place/index.ts'
import { type NamedOperand, parseNamed } from '../../../place/named.ts'
import {
  type NamedCondition,
  orNamed,
  parseNamedCondition,
} from '../../../place/named-assignment.ts'
import { formatPlace } from '../../../place/place.ts'
import type { Context } from '../../frame/context.ts'
import { bitsOf } from '../named/change.ts'
import { checkSingle, choose, oneRegister, type Wanted } from '../named/registers.ts'
import type { DescriptionOptions } from '../named/session.ts'

export interface RecordedOptions extends DescriptionOptions {
  force: boolean
}

export type When = Condition | NamedCondition

/** A register as it was asked for, before it is found. */
type Asked = Omit<RecordedRegister, 'memory' | 'address' | 'place'> & Whereabouts

export const parsePlaces = orNamed(parseOperand, parseNamed)
export const parseWhen = orNamed(parseCondition, parseNamedCondition)

/**
 * What is sampled, with a signal for each field where it has names. What is skipped is said. `open` gives
 * what describes them.
 */
export async function wantedRegisters(
  context: Context,
  operands: readonly (Operand | NamedOperand)[],
  { force }: RecordedOptions,
  open: () => Promise<Session>,
): Promise<Asked[]> {
  const all: Asked[] = []
  for (const operand of operands) {
    if (operand.kind !== 'named') {
      all.push(plainRegister(context, operand))
      continue
    }
    const { wanted, skipped } = await choose(context, await open(), operand, { force })
    const sentence = skippedSentence(skipped)
    if (sentence !== undefined) context.note(sentence)
    all.push(...wanted.map((one) => namedRegister(context, one)))
  }
  if (all.length > 0) return eachOnce(all)
  throw new RequestError('EUSAGE', 'none of these registers can be sampled')
}

/** A signal that two names or patterns mean is one. */
function eachOnce(all: readonly Asked[]): Asked[] {
  const seen = new Set<string>()
  return all.flatMap((one) => {
    const place = formatPlace(placeInMemory(one))
    const signals = one.signals.filter(({ column, lsb, width }) => {
      const key = `${place} ${column} ${lsb} ${width}`
      return !seen.has(key) && seen.add(key)
    })
    return signals.length === 0 ? [] : [{ ...one, signals }]
  })
}

function plainRegister({ settings, system }: Context, operand: Operand): Asked {
  const { place, width, bits } = toReadItem(operand, {
    width: widthAt(operand.place, settings),
    system,
  })
  const name = showPlace(place) + (bits === undefined ? '' : `:${formatBits(bits)}`)
  const size = bits === undefined ? width : countBits(bits)
  const signal = { name, column: name, scope: [], lsb: bits?.low ?? 0, width: size }
  return { place, width, endian: settings.endian, signals: [signal] }
}

function namedRegister({ settings }: Context, { register, part }: Wanted): Asked {
  const { name: column, found } = register
  const { width } = found.register
  const where = whereOf(register)
  const scope = [found.blockPath, ...found.name.split('.')]
  const name = scope.pop() ?? column
  const inside = [...scope, name]
  const endian = settings.endian === 'big' ? 'big' : register.endian
  if (part !== undefined) {
    const { low } = part.bits
    const size = countBits(part.bits)
    const own = { name: part.name, column: `${column}:${part.name}`, lsb: low, width: size }
    return { ...where, name: column, width, endian, signals: [{ ...own, scope: inside }] }
  }
  const fields = fieldsOf(found.register)
    .filter(({ field }) => isReadable(field.access))
    .map((field) => ({
      ...{ name: field.name, column: `${column}:${field.name}`, scope: inside },
      ...{ lsb: field.lsb, width: field.width },
    }))
  const whole = { name, column, scope, lsb: 0, width }
  return { ...where, name: column, width, endian, signals: [whole, ...fields] }
}

type Trigger = Omit<RecordedTrigger, 'memory' | 'address' | 'place'> & Whereabouts

/** What a recording begins with. Throws EUSAGE for a relation that no sampler compares by. */
export async function wantedTrigger(
  context: Context,
  condition: When,
  { force }: RecordedOptions,
  open: () => Promise<Session>,
): Promise<Trigger> {
  const { relation } = condition
  const { settings, system } = context
  if (relation !== '=' && relation !== '!=') {
    const message = `--when compares by = or !=, not ${relation}`
    throw new RequestError('EUSAGE', message)
  }
  const negate = relation === '!='
  if (!('kind' in condition)) {
    const { width, endian } = settings
    const item = toWriteItem(condition, width, { unaligned: false, system })
    return { place: item.place, width, endian, mask: item.mask, equals: item.whole, negate }
  }
  const wanted = await oneRegister(await open(), condition.operand)
  checkSingle(context, wanted, force)
  const { register, part } = wanted
  const { width } = register.found.register
  const { value, mask } = bitsOf(wanted, condition.value, 'read')
  const low = BigInt(part?.bits.low ?? 0)
  const sized = (bits: bigint) => (width === 64 ? bits << low : Number(bits << low))
  const endian = settings.endian === 'big' ? 'big' : register.endian
  const where = { ...whereOf(register), name: register.name }
  return { ...where, width, endian, mask: sized(mask), equals: sized(value), negate }
}
