import { PhysmemError, RequestError } from '../../../base/errors.ts'
import type { Width } from '../../../base/width.ts'
import { readDescriptionFile } from '../../../device/files.ts'
import { whyNever, whyNotInBulk } from '../../../device/read-rules.ts'
import type { DeviceRegister } from '../../../device/register.ts'
import type { Session } from '../../../device/session.ts'
import type { SavedRegister, Snapshot } from '../../../device/snapshot/format.ts'
import { parseSnapshot } from '../../../device/snapshot/parse.ts'
import type { Locator } from '../../../operate/locator.ts'
import { Readings } from '../../../operate/reading.ts'
import { parseNamed } from '../../../place/named.ts'
import { formatPlace } from '../../../place/place.ts'
import type { LeftReport } from '../../../report/snapshot.ts'
import { clip, quote } from '../../../text/refuse.ts'
import type { Context } from '../../frame/context.ts'
import { itemOf } from '../named/read.ts'
import { isSingle } from '../named/registers.ts'

/** A register of a snapshot, found on the machine. */
export interface Found {
  saved: SavedRegister
  register: DeviceRegister
}

/** Rejects with ESYNTAX, with line and column, for what is no snapshot. */
export function readSnapshot(file: string): Snapshot {
  return parseSnapshot(file, readDescriptionFile(file))
}

/** The chip that a session describes; `undefined` where only its blocks are known. */
export function chipOf({ sources }: Session): string | undefined {
  return sources.find(({ device, from }) => device.name !== quote(from))?.device.name
}

/** Throws EUSAGE for a snapshot of another chip. */
export function checkChip(file: string, { chip }: Snapshot, session: Session): void {
  const here = chipOf(session)
  if (chip === here) return
  const [saved, present] = [chip, here].map((one) => (one === undefined ? 'no chip' : clip(one)))
  const message = `${clip(file)} is of ${saved}, and ${present} is described here`
  throw new RequestError('EUSAGE', message, { file, cure: 'name its description with --chip FILE' })
}

/** The register of a snapshot. Throws EUSAGE where it is another one by now, ENOPLACE where it is none. */
export async function findSaved(
  file: string,
  session: Session,
  saved: SavedRegister,
): Promise<Found> {
  const operand = parseNamed(saved.register)
  const found = await session.find(operand)
  const [register] = found
  const where = `${clip(file)}: ${clip(saved.register)}`
  if (register === undefined || !isSingle(operand, found)) {
    throw new RequestError('EUSAGE', `${where} is not one register`, { input: saved.register })
  }
  const [place, { width }] = [formatPlace(register.place), register.found.register]
  if (place === saved.place && width === saved.width) return { saved, register }
  const message = `${where} was ${saved.width} bits at ${saved.place}, and is ${width} bits at ${place} here`
  throw new RequestError('EUSAGE', message, { input: saved.register })
}

/** The values that registers have now, but for those whose read has or may have an effect. */
export async function readPresent<T extends { register: DeviceRegister }>(
  context: Context,
  machine: Locator,
  all: readonly T[],
  force: boolean,
): Promise<{ read: (T & { value: bigint })[]; left: LeftReport[] }> {
  const left: LeftReport[] = []
  const wanted = all.filter(({ register }) => {
    const reason = whyNotInBulk(register)
    const isForced = force && reason?.rule !== 'write-only' && !whyNever(register)
    if (reason === undefined || isForced) return true
    left.push({ register: register.name, why: reason.text })
    return false
  })
  const items = wanted.map((one) => itemOf(one, context))
  const readings = await Readings.of(machine, items, context.settings)
  if (items.length > 0) await readings.plan.run()
  const elements = readings.elements()
  context.blanks.saw(...elements)
  const read = wanted.map((one, index) => ({ ...one, value: BigInt(elements[index]?.value ?? 0) }))
  return { read, left }
}

/** What is known of a register by its name, where anything is. */
export async function describedBy(
  session: Session,
  { register: name, width }: { register: string; width: Width },
): Promise<DeviceRegister | undefined> {
  try {
    const [found, ...more] = await session.find(parseNamed(name))
    return more.length === 0 && found?.found.register.width === width ? found : undefined
  } catch (error) {
    if (error instanceof PhysmemError) return undefined
    throw error
  }
}

/** Sentences of what was left, one for each reason. */
export function leftLines(what: string, left: readonly LeftReport[]): string[] {
  const reasons = new Map<string, string[]>()
  for (const { register, why } of left) {
    reasons.set(why, [...(reasons.get(why) ?? []), register])
  }
  return [...reasons].map(([why, names]) => {
    const shown = names.slice(0, 4).map(clip).join(', ')
    const more = names.length > 4 ? `, and ${names.length - 4} more` : ''
    return `${what}: ${shown}${more} (${why})`
  })
}
