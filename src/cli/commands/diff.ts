import { RequestError } from '../../base/errors.ts'
import { leftSentence } from '../../device/read-rules.ts'
import { placeInMemory } from '../../device/register.ts'
import type { Session } from '../../device/session.ts'
import { differenceOf } from '../../device/snapshot/compare.ts'
import type { SavedRegister } from '../../device/snapshot/format.ts'
import { canonical } from '../../device/snapshot/parse.ts'
import { type DiffDocument, differenceToJson, type LeftReport } from '../../report/snapshot.ts'
import { counted } from '../../text/count.ts'
import { saved } from '../frame/batch/reasons.ts'
import { defineCommand, one } from '../frame/command.ts'
import type { Context } from '../frame/context.ts'
import { sharedOptions } from '../frame/options.ts'
import { filePath } from '../frame/paths.ts'
import { differenceLines } from '../views/registers/differences.ts'
import { openSession } from './named/session.ts'
import {
  checkChip,
  checkSameChip,
  chipOf,
  describedBy,
  findAllSaved,
  readPresent,
  readSnapshot,
  type SnapshotFile,
} from './snapshots/present.ts'

/** What is compared: two values of one register. */
interface Compared {
  differences: NonNullable<ReturnType<typeof differenceOf>>[]
  count: number
  left: LeftReport[]
  /** Not all of what was left is on both sides. */
  isUneven: boolean
}

export default defineCommand({
  arguments: [
    {
      name: 'file',
      needed: true,
      description: 'a snapshot, or - for standard input',
      orInput: true,
      completes: { file: 'snapshot' },
      parse: filePath,
    },
    {
      name: 'file',
      description: 'another one; without it, the registers are read now',
      completes: { file: 'snapshot' },
      parse: filePath,
    },
  ],
  options: {
    chip: sharedOptions.chip,
    board: sharedOptions.board,
    force: sharedOptions.force,
  },
  meanings: { quiet: 'print nothing: the exit code is the answer' },
  examples: [
    ['diff before.json after.json', 'two snapshots; exit 3 when they differ'],
    ['diff before.json --target sim:', 'a snapshot, and what the registers hold now'],
    ['diff before.json -', 'one that comes through a pipe, as snapshot prints it'],
  ],
  notes: [
    'Without a second file the registers of the first are read once each, except those whose read ' +
      'has an effect, or may have one by its name (--force reads them).',
  ],
  refuses: ['width'],
  severally: { prints: 'at its end' },
  inBatches: saved,
  async run(context, args, options) {
    const file = filePath(one(args, 0))
    const other = args[1] === undefined ? undefined : filePath(one(args, 1))
    if (file === '-' && other === '-') {
      const message = 'standard input is one snapshot: give the other as a file'
      throw new RequestError('EUSAGE', message, { input: '-' })
    }
    const before = await readSnapshot(context, file)
    const after = other === undefined ? undefined : await readSnapshot(context, other)
    if (after) checkSameChip(before, after)
    const session = await openSession(context, { ...options, onlyNames: true })
    const { differences, count, left, isUneven } = after
      ? await compareFiles(session, before, after)
      : await compareMachine(context, session, { before, force: options.force })
    const equal = differences.length === 0 && !isUneven
    context.record<DiffDocument>({
      before: file,
      ...(other === undefined ? {} : { after: other }),
      compared: count,
      equal,
      differences: differences.map(differenceToJson),
      skipped: left,
    })
    if (!context.settings.json && !context.settings.quiet) {
      context.print(differenceLines(differences))
      if (equal) context.print(`equal: ${counted(count, 'register')}`)
    }
    const sentence = leftSentence('compared', left)
    if (sentence !== undefined) context.note(sentence)
    return equal ? 0 : 3
  },
})

async function compareFiles(session: Session, before: SnapshotFile, after: SnapshotFile) {
  const compared: Compared = { differences: [], count: 0, left: [], isUneven: false }
  const isDescribed = before.snapshot.chip === chipOf(session)
  const named = new Map<string, SavedRegister[]>()
  for (const one of after.snapshot.registers) {
    named.set(one.register, [...(named.get(one.register) ?? []), one])
  }
  const others = new Set(after.snapshot.registers)
  for (const saved of before.snapshot.registers) {
    const { register: name, width } = saved
    const other = counterpart(saved, named.get(name) ?? [])
    if (other !== undefined) others.delete(other)
    if (other === undefined || other.width !== width) {
      const why = other === undefined ? 'the second file has none' : 'they have other widths'
      compared.left.push({ register: name, why })
      continue
    }
    compared.count++
    const described = isDescribed ? await describedBy(session, saved) : undefined
    const what = { name, width, ...(described && { described }) }
    const difference = differenceOf(what, BigInt(saved.value), BigInt(other.value))
    if (difference) compared.differences.push(difference)
  }
  for (const { register: name } of others) {
    compared.left.push({ register: name, why: 'the first file has none' })
  }
  compared.isUneven = compared.left.length > 0
  return compared
}

/** The same register among those of its name in another snapshot: of several the one at its place. */
function counterpart(
  { place, width }: SavedRegister,
  named: readonly SavedRegister[],
): SavedRegister | undefined {
  if (named.length < 2) return named[0]
  const there = named.filter((one) => canonical(one.place) === canonical(place))
  return there.find((one) => one.width === width) ?? there[0]
}

async function compareMachine(
  context: Context,
  session: Session,
  { before, force }: { before: SnapshotFile; force: boolean },
): Promise<Compared> {
  checkChip(before, session)
  const found = await findAllSaved(before, session)
  const places = found.map(({ register }) => placeInMemory(register))
  const machine = await context.machine('read', places, [])
  const { read, left } = await readPresent(context, machine, found, force)
  const differences = read.flatMap(({ saved, register, value }) => {
    const what = { name: register.name, width: saved.width, described: register }
    return differenceOf(what, BigInt(saved.value), value) ?? []
  })
  return { differences, count: read.length, left, isUneven: false }
}
