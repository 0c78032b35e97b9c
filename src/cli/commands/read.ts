import { RequestError } from '../../base/errors.ts'
import { after, attempt, inTurn, type Pending } from '../../base/pending.ts'
import { isSize, isWidth, refuseBareNumbers } from '../../operate/bare-number.ts'
import { bounded } from '../../operate/extent.ts'
import { withProgress } from '../../operate/failure.ts'
import { widthAt } from '../../operate/own-width.ts'
import { type ReadItem, Readings, toReadItem } from '../../operate/reading.ts'
import {
  formatRange,
  type OpenRange,
  type Operand,
  parseOperandOrRange,
  type Range,
} from '../../place/index.ts'
import { isNamed, orName } from '../../place/named-words.ts'
import { readingToJson } from '../../report/element.ts'
import type { ReadDocument } from '../../report/read.ts'
import type { Base } from '../../text/base.ts'
import { counted } from '../../text/count.ts'
import { fitting } from '../../text/suggest.ts'
import { defineCommand, several } from '../frame/command.ts'
import type { Context } from '../frame/context.ts'
import { sharedOptions } from '../frame/options.ts'
import { parseCount } from '../frame/parsers.ts'
import { readingLines } from '../views/format/reading.ts'

export default defineCommand({
  arguments: [
    {
      name: 'place',
      needed: true,
      several: true,
      description:
        'places, places with bits (:5, :7:4), ranges (A..B, A..+LENGTH, A..), or names of registers',
      completes: 'place',
      parse: orName(parseOperandOrRange),
    },
  ],
  options: {
    count: {
      flags: '-n, --count <number>',
      description: 'elements to read from each place, at ascending addresses',
      parse: parseCount,
      forPlaces: true,
      fallback: undefined as number | undefined,
    },
    fixed: {
      flags: '--fixed',
      description: 'read all elements at the first address, as for a FIFO',
      forPlaces: true,
      fallback: false as boolean,
    },
    base: sharedOptions.base,
    unaligned: sharedOptions.unaligned,
    chip: sharedOptions.chip,
    board: sharedOptions.board,
    force: sharedOptions.force,
  },
  examples: [
    ['read 0xfed00000', 'one 32-bit load'],
    ['read 0x09000fe0..+32', 'eight 32-bit loads'],
    ['read 0x09000018:5 0x09000018:7:4', 'bit 5, and bits 7 to 4 (two loads)'],
    ['read 0x10000028 --count 4 --fixed', 'four loads of one address'],
    ['read pci:0000:00:04.0/bar0+0x4 --width 8', 'a byte in a PCI BAR'],
    ['--target sim: read 0x10000000', 'on a simulated board'],
    ['read UART0.FR', 'a register by its name, with its fields'],
    ["read UART0 'GPIO*.DIR'", 'a whole block, and what fits a pattern'],
  ],
  notes: [
    'Everything is parsed and resolved first, then read in the order given, each element with ' +
      'exactly one load. When a load fails, what was read before it is printed.',
  ],
  severally: { prints: 'at its end' },
  inBatches: true,
  async run(context, args, options) {
    return (await import('./named/read.ts')).readNamed(context, several(args, 0), options)
  },
  parse(line, args, options) {
    if (several(args, 0).some(isNamed)) return undefined
    const toItem = (operand: Operand | Range) =>
      toReadItem(operand, {
        ...options,
        width: widthAt(operand.place, line.settings),
        get system() {
          return line.facts
        },
      })
    const toKnown = (operand: Operand | Range | OpenRange) =>
      operand.kind === 'open' ? operand : toItem(operand)
    const asked = several(args, 0).map((text) => fitting(text, parseOperandOrRange, toKnown))
    refuseBareNumbers(several(args, 0), asked, countOrWidth)
    if (options.fixed && options.count === undefined && asked.every(isOperand)) {
      throw new RequestError('EUSAGE', '--fixed needs --count, or a range')
    }
    line.check(asked.map(({ place }) => place))
    const known = asked.map(toKnown)
    return (context) =>
      after(context.opened('read'), (machine) => {
        const { width } = context.settings
        const items = inTurn(known, (item): Pending<ReadItem> => {
          if (!('kind' in item)) return item
          return after(bounded(item, machine, { width, text: formatRange(item) }), toItem)
        })
        return after(items, (all) =>
          after(Readings.of(machine, all, context.settings), (readings) =>
            readAll(context, all, readings, options.base),
          ),
        )
      })
  },
})

/** Reads what was planned, and prints it. */
function readAll(
  context: Context,
  items: readonly ReadItem[],
  readings: Readings,
  base: Base,
): Pending<0> {
  noteUnaligned(context, items)
  const run = attempt(
    () => readings.plan.start(),
    (error) => {
      context.printBefore(() => reportReads(context, readings, base))
      throw explainReads(error, items, readings)
    },
  )
  return after(run, () => {
    const count = items.reduce((sum, item) => sum + item.count, 0)
    context.done = `read ${counted(count, 'element')}`
    reportReads(context, readings, base)
    return 0
  })
}

/** `read ADDRESS COUNT`, and `devmem ADDRESS WIDTH`; a size is counted in bytes. */
function countOrWidth(text: string): string {
  if (isSize(text)) return 'a length (A..+LENGTH)'
  const count = `a count (--count ${text})`
  return isWidth(text) ? `a width (--width ${text}), ${count}` : count
}

function isOperand(operand: Operand | Range | OpenRange): operand is Operand {
  return operand.kind === 'operand'
}

function noteUnaligned(context: Context, items: readonly ReadItem[]): void {
  for (const { note } of items) if (note !== undefined) context.note(note)
}

function reportReads(context: Context, readings: Readings, base: Base): void {
  const elements = readings.elements()
  context.blanks.saw(elements)
  if (context.settings.json) context.record<ReadDocument>({ results: elements.map(readingToJson) })
  else context.print(readingLines(elements, { base, quiet: context.settings.quiet }))
}

function explainReads(error: unknown, items: readonly ReadItem[], readings: Readings) {
  const done = readings.elements().length
  const all = items.reduce((sum, { count }) => sum + count, 0)
  return all === 1 ? error : withProgress(error, `read ${done} of ${counted(all, 'element')}`)
}
