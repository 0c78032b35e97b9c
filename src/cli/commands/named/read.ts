import { RequestError } from '../../../base/errors.ts'
import { retell } from '../../../base/retell.ts'
import { skippedSentence } from '../../../device/read-rules.ts'
import {
  type DeviceRegister,
  maskOf,
  placeInMemory,
  type SettledRegister,
} from '../../../device/register.ts'
import { fieldValue } from '../../../device/values.ts'
import type { LocalSystem } from '../../../linux/system.ts'
import { refuseBareNumbers } from '../../../operate/bare-number.ts'
import { boundedAll } from '../../../operate/extent.ts'
import { withProgress } from '../../../operate/failure.ts'
import type { Locator } from '../../../operate/locator.ts'
import { widthAt } from '../../../operate/own-width.ts'
import {
  type Naming,
  type ReadElement,
  type ReadItem,
  Readings,
  toReadItem,
} from '../../../operate/reading.ts'
import { showPlace } from '../../../place/at.ts'
import { type Bits, type Operand, parseOperandOrRange, type Range } from '../../../place/index.ts'
import { parseNamed } from '../../../place/named.ts'
import { orNamed } from '../../../place/named-assignment.ts'
import { readingToJson } from '../../../report/element.ts'
import type { ReadDocument } from '../../../report/read.ts'
import { registerReport, skippedToJson } from '../../../report/register.ts'
import type { Base } from '../../../text/base.ts'
import { counted } from '../../../text/count.ts'
import type { Context } from '../../frame/context.ts'
import { ownLine } from '../../frame/own-line.ts'
import { readingLines } from '../../views/format/reading.ts'
import { decoded, fieldLines, spelledField } from '../../views/registers/lines.ts'
import { rowWidth } from '../../views/registers/text-room.ts'
import { refuseForPlaces } from './for-places.ts'
import { type Chosen, choose, nameOfWanted, settledChosen, type Wanted } from './registers.ts'
import { type DescriptionOptions, openSession } from './session.ts'

export interface ReadNamedOptions extends DescriptionOptions {
  count: number | undefined
  fixed: boolean
  base: Base
  unaligned: boolean
  force: boolean
}

const parse = orNamed(parseOperandOrRange, parseNamed)

/** One operand: what of its elements are registers, in their order. */
export interface Asked {
  items: ReadItem[]
  wanted?: Wanted[]
  /** It names one register, whose fields are shown. */
  isSingle?: boolean
}

/** `physmem read` of words of which some are names of registers. */
export async function readNamed(
  context: Context,
  texts: readonly string[],
  options: ReadNamedOptions,
): Promise<0> {
  const { asked, machine, skipped } = await prepare(context, texts, options)
  const items = asked.flatMap((one) => one.items)
  const readings = await Readings.of(machine, items, context.settings)
  for (const { note } of items) if (note !== undefined) context.note(note)
  const report = () => reportAll(context, asked, readings.elements(), skipped, options.base)
  try {
    if (items.length > 0) await readings.plan.run()
  } catch (error) {
    context.printBefore(report)
    const all = items.reduce((sum, { count }) => sum + count, 0)
    const done = readings.elements().length
    throw all === 1 ? error : withProgress(error, `read ${done} of ${counted(all, 'element')}`)
  }
  context.done = `read ${counted(items.length, 'element')}`
  report()
  return 0
}

/** All that the words mean: resolved, and the machine that has it. Nothing is accessed. */
export async function prepare(
  context: Context,
  texts: readonly string[],
  options: ReadNamedOptions,
): Promise<{ asked: Asked[]; machine: Locator; skipped: Chosen['skipped'] }> {
  const parsed = texts.map((text) => parse(text))
  const plain = parsed.filter((one) => one.kind !== 'named')
  refuseBareNumbers(texts, parsed, () => 'a count, a length, a width')
  refuseOnce(options)
  if (plain.length === 0) refuseForPlaces(context.settings, options)
  const { settings, facts: system } = context
  const session = await openSession(context, options)
  const chosen: (Chosen | undefined)[] = []
  for (const one of parsed) {
    chosen.push(one.kind === 'named' ? await choose(context, session, one, options) : undefined)
  }
  const toItem = (operand: Operand | Range) =>
    toReadItem(operand, { ...options, width: widthAt(operand.place, settings), system })
  const known = parsed.map((one) =>
    one.kind === 'named' || one.kind === 'open' ? undefined : toItem(one),
  )
  const skipped: Chosen['skipped'] = []
  const places = parsed.flatMap((one, index) =>
    one.kind === 'named'
      ? (chosen[index]?.wanted ?? []).map(({ register }) => placeInMemory(register))
      : [one.place],
  )
  const machine = await context.machine(
    'read',
    places,
    plain.map(({ place }) => place),
  )
  const asked: Asked[] = []
  for (const [index, one] of parsed.entries()) {
    if (one.kind === 'named') {
      const before = chosen[index] ?? { wanted: [], skipped: [] }
      const { wanted, skipped: left } = await settledChosen(machine, before)
      skipped.push(...left)
      const items = wanted.map((each) => itemOf(each, context))
      const isSingle = wanted.length === 1 && left.length === 0
      asked.push({ items, wanted, isSingle })
    } else {
      const [bounded] = await boundedAll([one], machine, settings.width)
      const item = known[index] ?? (bounded && toItem(bounded))
      asked.push({ items: item === undefined ? [] : [item] })
    }
  }
  return { asked, machine, skipped }
}

function refuseOnce({ count, fixed }: ReadNamedOptions): void {
  const wrong = count !== undefined ? '--count' : fixed ? '--fixed' : undefined
  if (wrong !== undefined) {
    throw new RequestError('EUSAGE', `${wrong} is for places: a register is read once`)
  }
}

/** What a register adds to the elements that are read of it. */
function namingOf({ register, part }: Wanted): Naming {
  const own = part === undefined ? undefined : maskOfBits(part.bits)
  const field = part?.field
  return {
    name: nameOfWanted({ register, ...(part && { part }) }),
    changed: (bits, value, base) =>
      decoded(register, value)
        .filter(({ field }) => (maskOf(field) & (own ?? bits) & bits) !== 0n)
        .map(({ field, value }) => `${field.name} ${spelledField(field, value, { base })}`)
        .join(', '),
    ...(field && {
      spelled: (value, base, brief) =>
        spelledField(field, fieldValue(field, value), { base, brief }),
    }),
    report: (element) => registerReport(register, part, element),
  }
}

function maskOfBits({ high, low }: Bits): bigint {
  return maskOf({ lsb: low, width: high - low + 1 })
}

export function itemOf(
  { register, part }: Wanted<SettledRegister>,
  { system, settings }: Context,
): ReadItem {
  const item = itemAt(register, system, settings)
  const endian = settings.endian === 'big' ? 'big' : register.endian
  const bits = part && { bits: part.bits }
  return { ...item, ...bits, endian, naming: namingOf({ register, ...(part && { part }) }) }
}

/** Throws EALIGN for a register that no single load reaches, with what reaches its parts. */
function itemAt(
  { name, place, found }: SettledRegister,
  system: LocalSystem,
  settings: Context['settings'],
): ReadItem {
  const { width } = found.register
  try {
    return toReadItem({ kind: 'operand', place }, { width, system })
  } catch (error) {
    if (!(error instanceof RequestError) || error.code !== 'EALIGN') throw error
    const narrower = ([32, 16] as const).find(
      (one) => one < width && place.offset % (one / 8) === 0,
    )
    const parts = [`${showPlace(place)}..+${width / 8}`, '--width', `${narrower ?? 8}`]
    const cure = `read its parts by address: ${ownLine(settings, ['read', ...parts])}`
    throw retell(error, { message: `${name}: ${error.message}`, data: { cure } })
  }
}

function reportAll(
  context: Context,
  asked: readonly Asked[],
  elements: readonly ReadElement[],
  skipped: Chosen['skipped'],
  base: Base,
): void {
  context.blanks.saw(elements)
  const { json, quiet } = context.settings
  const left = [...elements]
  const groups = asked.map(({ items, ...one }) => {
    const count = items.reduce((sum, item) => sum + item.count, 0)
    return { ...one, elements: left.splice(0, count) }
  })
  if (json) {
    const results = groups.flatMap(({ elements }) => elements.map(readingToJson))
    const left = skipped.length === 0 ? {} : { skipped: skippedToJson(skipped) }
    context.record<ReadDocument>({ results, ...left })
  } else {
    const all = groups.flatMap((group) => group.elements)
    if (quiet) context.print(readingLines(all, { base, quiet }))
    else context.print(groupLines(groups, base, rowWidth(context.io.stdout)))
  }
  const sentence = skippedSentence(skipped)
  if (sentence !== undefined) context.note(sentence)
}

interface Group {
  wanted?: Wanted[]
  isSingle?: boolean
  elements: ReadElement[]
}

/** The register whose fields are shown: one that is read alone, and whole. */
function withFields({ isSingle, wanted }: Group): DeviceRegister | undefined {
  const [only] = wanted ?? []
  return isSingle && only && only.part === undefined ? only.register : undefined
}

/** One line an element, all in one column; of one register alone, below it one more for each field. */
function groupLines(groups: readonly Group[], base: Base, width: number): string[] {
  const all = groups.flatMap((group) => group.elements)
  const lines = readingLines(all, { base, quiet: false })
  return groups.flatMap((group) => {
    const own = lines.splice(0, group.elements.length)
    const register = withFields(group)
    const [element] = group.elements
    if (register === undefined || element === undefined) return own
    return [...own, ...fieldLines(decoded(register, element.value), base, width)]
  })
}
