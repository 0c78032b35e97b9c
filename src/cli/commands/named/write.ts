import { RequestError } from '../../../base/errors.ts'
import { harmOfRead, warningOfWrite } from '../../../device/read-rules.ts'
import { isReadable, placeInMemory, type SettledRegister } from '../../../device/register.ts'
import { settled } from '../../../device/settle.ts'
import { planStore, type Store, together } from '../../../device/store.ts'
import { refuseBareNumbers } from '../../../operate/bare-number.ts'
import { isUnsure, withWrites } from '../../../operate/failure.ts'
import { widthAt } from '../../../operate/own-width.ts'
import { Plan } from '../../../operate/plan.ts'
import {
  isStored,
  planStoring,
  type Storing,
  unkeptBits,
  updatedRegister,
} from '../../../operate/store.ts'
import {
  isVerified,
  planWriting,
  toWriteItem,
  updatedElement,
  type WriteItem,
  type Writing,
} from '../../../operate/writing.ts'
import { parseAssignment } from '../../../place/index.ts'
import { orNamed, parseNamedAssignment } from '../../../place/named-assignment.ts'
import type { Place } from '../../../place/schemes/index.ts'
import { storingToJson } from '../../../report/register.ts'
import { assignmentToJson, type WriteDocument, writingToJson } from '../../../report/write.ts'
import { counted } from '../../../text/count.ts'
import { formatHex } from '../../../text/number.ts'
import type { Context } from '../../frame/context.ts'
import { locked } from '../../frame/locked.ts'
import { alignedLines, shownBits, showOperand, showValue } from '../../views/format/value.ts'
import { changedRows, intention } from '../../views/format/writing.ts'
import { intentionLines, storedRows } from '../../views/registers/stores.ts'
import { changeOf } from './change.ts'
import { refuseForPlaces } from './for-places.ts'
import { oneRegister } from './registers.ts'
import { type DescriptionOptions, openSession } from './session.ts'

export interface WriteNamedOptions extends DescriptionOptions {
  verify: boolean
  dryRun: boolean
  unaligned: boolean
  force: boolean
}

/** What is stored, in the order given. */
type Step = { store: Store } | { item: WriteItem }
type Done = { storing: Storing } | { writing: Writing }

const parse = orNamed(parseAssignment, parseNamedAssignment)

/** `physmem write` of words of which some are names of registers. */
export async function writeNamed(
  context: Context,
  texts: readonly string[],
  options: WriteNamedOptions,
): Promise<0 | 3> {
  const parsed = texts.map((text) => ({ text, one: parse(text) }))
  const { settings } = context
  const plain = parsed.filter(({ one }) => !('kind' in one))
  if (plain.length === 0) refuseForPlaces(settings, options)
  refuseBareNumbers(
    texts,
    parsed.map(({ one }) => one),
  )
  const session = await openSession(context, options)
  const steps: Step[] = []
  const notes: string[] = []
  let group: {
    register: Awaited<ReturnType<typeof oneRegister>>['register']
    change: Store['changes'][number]
  }[] = []
  const flush = () => {
    for (const changes of together(group)) {
      const [first] = changes
      if (first === undefined) continue
      const store = planStore(
        first.register,
        changes.map(({ change }) => change),
        { force: options.force },
      )
      notes.push(...store.notes)
      if (options.verify) checkVerify(store, options.force)
      steps.push({ store })
    }
    group = []
  }
  for (const { one } of parsed) {
    if ('kind' in one) {
      const wanted = await oneRegister(session, one.operand)
      const { change, note } = changeOf(wanted, one)
      if (note !== undefined) notes.push(note)
      group.push({ register: wanted.register, change })
    } else {
      flush()
      const width = widthAt(one.place, settings)
      steps.push({ item: toWriteItem(one, width, { ...options, system: context.facts }) })
    }
  }
  flush()
  for (const step of steps) {
    const warning = 'store' in step ? warningOfWrite(step.store.register) : undefined
    if (warning !== undefined) notes.push(warning)
  }
  return run(context, steps, [...new Set(notes)], options)
}

function checkVerify({ register }: Store, force: boolean): void {
  if (force) return
  const { found, name } = register
  const isRead = isReadable(found.register.access)
  if (isRead && harmOfRead(register)?.rule !== 'effect') return
  const why = isRead ? 'which has an effect' : `and it is ${found.register.access}`
  throw new RequestError('EUSAGE', `--verify would read ${name}, ${why}`, {
    cure: 'leave out --verify, or give --force',
  })
}

async function run(
  context: Context,
  steps: readonly Step[],
  notes: readonly string[],
  options: WriteNamedOptions,
): Promise<0 | 3> {
  const placeOf = (step: Step) =>
    'store' in step ? placeInMemory(step.store.register) : step.item.place
  const machine = await context.machine(
    'write',
    steps.map(placeOf),
    steps.flatMap((step) => ('store' in step ? [] : [step.item.place])),
  )
  const { verify } = options
  const { endian } = context.settings
  const plan = new Plan()
  const all: Done[] = []
  // Before a device is first accessed, be it only to learn where its registers are.
  for (const note of notes) context.note(note)
  const registers = await settled(
    machine,
    steps.flatMap((step) => ('store' in step ? [step.store.register] : [])),
  )
  for (const step of steps) {
    if ('store' in step) {
      const register = registers.shift() as SettledRegister
      const at = await machine.locate(register.place, register.found.register.width / 8)
      const turned = endian === 'big' ? { ...register, endian } : register
      all.push({ storing: planStoring(plan, { ...step.store, register: turned }, at, { verify }) })
    } else {
      const at = await machine.locate(step.item.place, step.item.width / 8)
      all.push({ writing: planWriting(plan, step.item, at, { endian, verify }) })
    }
  }
  plan.check()
  if (options.dryRun) return rehearse(context, plan, all)
  try {
    await locked(context, all.flatMap(updatedBy), () => plan.run())
  } catch (error) {
    context.printBefore(() => report(context, all, isUnsure(error)))
    throw explained(error, all)
  }
  context.done = `made ${counted(all.length, 'store')}`
  report(context, all)
  if (!verify) return 0
  for (const one of all) if ('storing' in one) tellUnkept(context, one.storing)
  const wrong = all.filter((one) =>
    'storing' in one ? !isStored(one.storing) : !isVerified(one.writing),
  )
  for (const one of wrong) {
    const [width, back] =
      'storing' in one
        ? [one.storing.store.register.found.register.width, one.storing.readBack ?? 0]
        : [one.writing.item.width, one.writing.readBack ?? 0]
    context.complain(`${nameOf(one)} was written, but reads back as ${showValue(back, width)}`)
  }
  return wrong.length === 0 ? 0 : 3
}

/** Notes the bits that read back as something else, which is not an error. */
function tellUnkept(context: Context, storing: Storing): void {
  const bits = unkeptBits(storing)
  if (bits === 0n) return
  const { store, readBack = 0 } = storing
  const { name, found } = store.register
  const back = showValue(readBack, found.register.width)
  const what = `its description says that bits ${formatHex(bits)} do not keep what is written`
  context.note(`${name} reads back as ${back}: ${what}`)
}

function updatedBy(one: Done): Place[] {
  return 'storing' in one ? updatedRegister(one.storing.store) : updatedElement(one.writing.item)
}

function isDone(one: Done): boolean {
  return 'storing' in one ? one.storing.done : one.writing.done
}

function nameOf(one: Done): string {
  if ('storing' in one) {
    const { changes } = one.storing.store
    return changes.map(({ name }) => name).join(' and ')
  }
  const { place, bits, value, width } = one.writing.item
  return `${showOperand(place, bits)}=${showValue(value, shownBits(bits, width))}`
}

function explained(error: unknown, all: readonly Done[]): unknown {
  if (all.length === 1) return error
  const names = (done: boolean) => all.filter((one) => isDone(one) === done).map(nameOf)
  return withWrites(error, 'store', { made: names(true), others: names(false) })
}

/** `unsure`: what is not known to be done may be. */
function report(context: Context, all: readonly Done[], unsure = false): void {
  context.record<WriteDocument>({
    results: all.map((one) =>
      'storing' in one
        ? storingToJson(one.storing, { unsure })
        : writingToJson(one.writing, { unsure }),
    ),
  })
  if (context.settings.json || context.settings.quiet) return
  const rows = changedRows(all.flatMap((one) => ('writing' in one ? [one.writing] : [])))
  const inOrder = all.flatMap((one) => {
    if ('storing' in one) return storedRows(one.storing)
    return one.writing.change ? rows.splice(0, 1) : []
  })
  context.print(alignedLines(inOrder))
}

async function rehearse(context: Context, plan: Plan, all: readonly Done[]): Promise<0> {
  context.record<WriteDocument>({
    dryRun: true,
    results: all.map((one) =>
      'storing' in one
        ? storingToJson(one.storing, { isDry: true })
        : assignmentToJson(one.writing.item, one.writing.address),
    ),
  })
  await plan.foresee()
  if (context.settings.json) return 0
  for (const one of all) {
    if ('storing' in one) context.print(intentionLines(one.storing.store))
    else context.print(intention(one.writing.item))
  }
  return 0
}
