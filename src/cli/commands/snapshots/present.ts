import { type ErrorCode, PhysmemError, RequestError } from '../../../base/errors.ts'
import { MOST_DESCRIPTION_BYTES, readDescriptionFile } from '../../../device/files.ts'
import { whyNever, whyNotInBulk } from '../../../device/read-rules.ts'
import type { DeviceRegister, SettledRegister } from '../../../device/register.ts'
import type { Session } from '../../../device/session.ts'
import { settledIn } from '../../../device/settle.ts'
import type { SavedRegister, Snapshot } from '../../../device/snapshot/format.ts'
import { canonical, parseSnapshot, positionOf } from '../../../device/snapshot/parse.ts'
import type { Locator } from '../../../operate/locator.ts'
import { Readings } from '../../../operate/reading.ts'
import { type NamedOperand, parseNamed } from '../../../place/named.ts'
import { formatPlace } from '../../../place/place.ts'
import type { LeftReport } from '../../../report/snapshot.ts'
import { clip } from '../../../text/refuse.ts'
import type { Context } from '../../frame/context.ts'
import { itemOf } from '../named/read.ts'
import { isSingle } from '../named/registers.ts'

/** A register of a snapshot, found on the machine. */
export interface Found<R extends DeviceRegister = DeviceRegister> {
  saved: SavedRegister
  register: R
  /** Throws EUSAGE, with line and column, where it is at another place by now. */
  check(here: SettledRegister): void
}

/** A snapshot, and where it is from. */
export interface SnapshotFile {
  file: string
  snapshot: Snapshot
  content: string
}

/** `-` is standard input. Throws ESYNTAX, with line and column, for what is not a snapshot. */
export async function readSnapshot({ io }: Context, path: string): Promise<SnapshotFile> {
  const [file, content] =
    path === '-'
      ? ['standard input', new TextDecoder().decode(await io.readInput(MOST_DESCRIPTION_BYTES))]
      : [path, readDescriptionFile(path, 'a snapshot')]
  return { file, content, snapshot: parseSnapshot(file, content) }
}

/** The chip that a session describes; `undefined` where only its blocks are known. */
export function chipOf({ sources }: Session): string | undefined {
  return sources.find(({ isBoard }) => !isBoard)?.device.name
}

/** Throws EUSAGE for a snapshot of another chip. */
export function checkChip({ file, snapshot: { chip } }: SnapshotFile, session: Session): void {
  const here = chipOf(session)
  if (chip === here) return
  const present =
    here === undefined
      ? 'no description here names a chip'
      : `the registers here are described as those of ${clip(here)}`
  const message = `${chipOfFile(file, chip)}, but ${present}`
  throw new RequestError('EUSAGE', message, { file, cure: 'name its description with --chip FILE' })
}

/** Throws EUSAGE for snapshots of two chips. */
export function checkSameChip(one: SnapshotFile, other: SnapshotFile): void {
  const [before, after] = [one.snapshot.chip, other.snapshot.chip]
  if (before === after) return
  const message = `${chipOfFile(one.file, before)}, but ${chipOfFile(other.file, after)}`
  throw new RequestError('EUSAGE', message, { file: other.file })
}

function chipOfFile(file: string, chip: string | undefined): string {
  if (chip === undefined) return `${clip(file)} names no chip`
  return `${clip(file)} is a snapshot of the chip ${clip(chip)}`
}

/** Throws EUSAGE for a snapshot of another machine. */
export function checkTarget({ file, snapshot: { target } }: SnapshotFile, present: string): void {
  if (target === present) return
  const message = `${clip(file)} was taken with --target ${clip(target)}, but this is --target ${clip(present)}`
  const cure = `give --target ${clip(target)}, or --force to restore it anyway`
  throw new RequestError('EUSAGE', message, { file, cure })
}

/**
 * The registers of a snapshot. Throws, with line and column, EUSAGE where one is another by now, and
 * what `session.find` throws where it is none.
 */
export async function findAllSaved(from: SnapshotFile, session: Session): Promise<Found[]> {
  const found: Found[] = []
  for (const index of from.snapshot.registers.keys()) {
    found.push(await findSaved(from, session, index))
  }
  return found
}

async function findSaved(
  { file, snapshot, content }: SnapshotFile,
  session: Session,
  index: number,
): Promise<Found> {
  const saved = snapshot.registers[index] as SavedRegister
  const refused = (key: keyof SavedRegister, code: ErrorCode, why: string, cure?: string) => {
    const { line, col: column } = positionOf(content, ['registers', index, key])
    const data = { input: saved.register, file, line, column, ...(cure && { cure }) }
    return new RequestError(code, `${clip(file)}:${line}:${column}: ${why}`, data)
  }
  const find = async () => {
    const operand = parseNamed(saved.register)
    return { operand, found: await findOf(session, operand, saved) }
  }
  const { operand, found } = await find().catch((error: unknown) => {
    if (!(error instanceof RequestError)) throw error
    throw refused('register', error.code, error.message, error.data.cure)
  })
  const [register] = found
  const name = clip(saved.register)
  if (register === undefined || !isSingle(operand, found)) {
    throw refused('register', 'EUSAGE', `${name} is not one register`)
  }
  const check = (here: SettledRegister) => {
    const [place, { width }] = [formatPlace(here.place), here.found.register]
    const isThere = canonical(saved.place) === place
    if (isThere && width === saved.width) return
    const what = `${name} was ${saved.width} bits at ${saved.place}, but is ${width} bits at ${place} here`
    throw refused(isThere ? 'width' : 'place', 'EUSAGE', what)
  }
  // Of others nothing is known before the device says where they are: see `readPresent`.
  if (register.place !== undefined) check(register)
  return { saved, register, check }
}

/** What the name of a saved register means; of several that have it, the one that is at its place. */
async function findOf(
  session: Session,
  operand: NamedOperand,
  { register: name, place, width }: SavedRegister,
): Promise<DeviceRegister[]> {
  try {
    return await session.find(operand)
  } catch (error) {
    if (!(error instanceof RequestError) || error.code !== 'EUSAGE') throw error
    const around = operand.path.slice(0, Math.max(operand.path.lastIndexOf('.'), 0))
    const near = await session.find({ ...operand, path: around })
    const there = near.filter(
      (one) => one.name === name && one.place && formatPlace(one.place) === canonical(place),
    )
    const found = there.find((one) => one.found.register.width === width) ?? there[0]
    if (found === undefined) throw error
    return [found]
  }
}

/**
 * The values that registers have now, where they are on a machine, except for those whose read has
 * or may have an effect: of a device that may not answer nothing is read at all. Throws what
 * `check` throws.
 */
export async function readPresent(
  context: Context,
  machine: Locator,
  all: readonly Found[],
  force: boolean,
): Promise<{ read: (Found<SettledRegister> & { value: bigint })[]; left: LeftReport[] }> {
  const left: LeftReport[] = []
  const isRead = (register: DeviceRegister) => {
    const reason = whyNotInBulk(register)
    const isForced = force && reason?.rule !== 'write-only' && !whyNever(register)
    if (reason === undefined || isForced) return true
    left.push({ register: register.name, why: reason.text })
    return false
  }
  const there = await settledIn(
    machine,
    all.filter(({ register }) => isRead(register)),
  )
  for (const { check, register } of there) check(register)
  const wanted = there.filter(({ register }) => isRead(register))
  const items = wanted.map((one) => itemOf(one, context))
  const readings = await Readings.of(machine, items, context.settings)
  if (items.length > 0) await readings.plan.run()
  const elements = readings.elements()
  context.blanks.saw(elements)
  const read = wanted.map((one, index) => ({ ...one, value: BigInt(elements[index]?.value ?? 0) }))
  return { read, left }
}

/** What is known of a register by its name, where anything is. */
export async function describedBy(
  session: Session,
  saved: SavedRegister,
): Promise<DeviceRegister | undefined> {
  const { register: name, width } = saved
  try {
    const [found, ...more] = await findOf(session, parseNamed(name), saved)
    return more.length === 0 && found?.found.register.width === width ? found : undefined
  } catch (error) {
    if (error instanceof PhysmemError) return undefined
    throw error
  }
}
