import { after, attempt, inTurn, type Pending } from '../../base/pending.ts'
import { refuseBareNumbers } from '../../operate/bare-number.ts'
import { isUnsure, withWrites } from '../../operate/failure.ts'
import { widthAt } from '../../operate/own-width.ts'
import { Plan } from '../../operate/plan.ts'
import { unalignedNote } from '../../operate/reading.ts'
import type { Access } from '../../operate/silence.ts'
import {
  fieldOf,
  isVerified,
  planWriting,
  readsOf,
  toWriteItem,
  updatedElement,
  type WriteItem,
  type Writing,
} from '../../operate/writing.ts'
import { type Assignment, parseAssignment } from '../../place/index.ts'
import { isNamed, orName } from '../../place/named-words.ts'
import { assignmentToJson, type WriteDocument, writingToJson } from '../../report/write.ts'
import { counted } from '../../text/count.ts'
import { fitting } from '../../text/suggest.ts'
import { defineCommand, several } from '../frame/command.ts'
import type { Context } from '../frame/context.ts'
import { locked } from '../frame/locked.ts'
import { sharedOptions } from '../frame/options.ts'
import { storesInFile } from '../frame/several/one-file.ts'
import { alignedLines, shownBits, showOperand, showValue } from '../views/format/value.ts'
import { changedRows, intention } from '../views/format/writing.ts'

export default defineCommand({
  arguments: [
    {
      name: 'assignment',
      needed: true,
      several: true,
      description:
        'PLACE=VALUE, PLACE:BITS=VALUE, which changes only these bits, or NAME[:FIELD]=VALUE',
      completes: 'place',
      parse: orName(parseAssignment),
    },
  ],
  options: {
    verify: sharedOptions.verify,
    dryRun: sharedOptions.dryRun,
    unaligned: sharedOptions.unaligned,
    chip: sharedOptions.chip,
    board: sharedOptions.board,
    force: sharedOptions.force,
  },
  meanings: { quiet: 'print nothing when all went well' },
  examples: [
    ['write 0x09000000=0x41 --width 8', 'one 8-bit store, and no load'],
    ['write 0x10000020:7:4=0x3', 'read, change four bits, write'],
    ['write 0x10000008=1 0x10000018:3=1', 'in this order, as one program'],
    ['write 0x10000008=0x1234 --verify', 'read it back; exit 3 when it differs'],
    ['write 0x10000008=0x1234 --dry-run', 'only say what would be done'],
    ['write uart0.CR:TXE=1 uart0.CR:RXE=1 -t sim:', 'fields by name: one load and one store'],
    ["write 'gpio.DIR{0xff,0x0f}' -t sim:", 'a value, and which bits of it'],
  ],
  notes: [
    'Everything is parsed and resolved first: when any assignment is wrong, none is made. A whole ' +
      'value is written with one store and is not read, before or after, unless --verify asks for ' +
      'it. An assignment to bits is one load and one store; what was read and what was written is printed.',
  ],
  mayStore: true,
  severally: { prints: 'at its end', refuses: (args) => storesInFile(several(args, 0)) },
  inBatches: true,
  async run(context, args, options) {
    return (await import('./named/write.ts')).writeNamed(context, several(args, 0), options)
  },
  parse(line, args, options) {
    if (several(args, 0).some(isNamed)) return undefined
    const toItem = (assignment: Assignment) =>
      toWriteItem(assignment, widthAt(assignment.place, line.settings), {
        ...options,
        get system() {
          return line.facts
        },
      })
    const assignments = several(args, 0).map((text) => fitting(text, parseAssignment, toItem))
    refuseBareNumbers(several(args, 0), assignments)
    line.check(assignments.map(({ place }) => place))
    const items = assignments.map(toItem)
    const how = { endian: line.settings.endian, verify: options.verify }
    return (context) =>
      after(context.opened('write'), (machine) => {
        const plan = new Plan()
        const planned = inTurn(items, (item) =>
          after(machine.locate(item.place, item.width / 8), (target) =>
            planWriting(plan, item, target, how),
          ),
        )
        return after(planned, (writings) => {
          plan.check()
          return options.dryRun
            ? rehearse(context, plan, writings)
            : writeAll(context, plan, writings, options)
        })
      })
  },
})

/** Makes what was planned, and prints what there is to say of it. */
function writeAll(
  context: Context,
  plan: Plan,
  writings: readonly Writing[],
  options: { verify: boolean },
): Pending<0 | 3> {
  const items = writings.map(({ item }) => item)
  for (const { bytewise, place, width } of items) {
    if (bytewise) context.note(unalignedNote(place, width))
  }
  const made = attempt(
    () => locked(context, items.flatMap(updatedElement), () => plan.start()),
    (error) => {
      context.printBefore(() => reportWrites(context, writings, isUnsure(error)))
      throw explainWrites(error, writings)
    },
  )
  return after(made, () => {
    context.done = () => `made ${describeMade(writings)}`
    reportWrites(context, writings)
    return options.verify ? verify(context, writings) : 0
  })
}

/** `unsure`: what is not known to be done may be. */
function reportWrites(context: Context, writings: readonly Writing[], unsure = false): void {
  context.blanks.saw(writings.flatMap(readsOf))
  context.blanks.ask(accessesOf(writings.filter(({ done }) => done)))
  const { json, quiet } = context.settings
  if (json) {
    const results = writings.map((one) => writingToJson(one, { unsure }))
    context.record<WriteDocument>({ results })
  } else if (!quiet) context.print(alignedLines(changedRows(writings)))
}

function accessesOf(writings: readonly Writing[]): Access[] {
  return writings.map(({ item: { place }, address }) => ({ place, address }))
}

function describeMade(writings: readonly Writing[]): string {
  const names = writings.map(({ item }) => describeWrite(item)).join(', ')
  return writings.length === 1
    ? `the assignment ${names}`
    : `all ${counted(writings.length, 'assignment')} (${names})`
}

function explainWrites(error: unknown, writings: readonly Writing[]): unknown {
  if (writings.length === 1) return error
  const names = (done: boolean) =>
    writings.filter((writing) => writing.done === done).map(({ item }) => describeWrite(item))
  return withWrites(error, 'assignment', { made: names(true), others: names(false) })
}

function describeWrite({ place, bits, value, width }: WriteItem): string {
  return `${showOperand(place, bits)}=${showValue(value, shownBits(bits, width))}`
}

function verify(context: Context, writings: readonly Writing[]): 0 | 3 {
  const wrong = writings.filter((writing) => !isVerified(writing))
  for (const { item, readBack = 0 } of wrong) {
    const back = showValue(fieldOf(item, readBack), shownBits(item.bits, item.width))
    context.complain(`${describeWrite(item)} was written, but reads back as ${back}`)
  }
  return wrong.length === 0 ? 0 : 3
}

/** All but the accesses, so that what would be refused is refused in the same words. */
async function rehearse(context: Context, plan: Plan, writings: readonly Writing[]): Promise<0> {
  context.record<WriteDocument>({
    dryRun: true,
    results: writings.map(({ item, address }) => assignmentToJson(item, address)),
  })
  await plan.foresee()
  context.blanks.ask(accessesOf(writings))
  if (!context.settings.json) for (const { item } of writings) context.print(intention(item))
  return 0
}
