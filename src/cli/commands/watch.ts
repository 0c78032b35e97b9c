import { isSize, isWidth, type Meaning, refuseBareNumbers } from '../../operate/bare-number.ts'
import { boundedAll } from '../../operate/extent.ts'
import { widthAt } from '../../operate/own-width.ts'
import { type ReadElement, Readings, toReadItem } from '../../operate/reading.ts'
import { watch } from '../../operate/watching.ts'
import { type OpenRange, type Operand, parseOperandOrRange, type Range } from '../../place/index.ts'
import { isNamed, orName } from '../../place/named-words.ts'
import { fitting } from '../../text/suggest.ts'
import { defineCommand, several } from '../frame/command.ts'
import type { Context } from '../frame/context.ts'
import { sharedOptions } from '../frame/options.ts'
import { parseCount, parseInterval } from '../frame/parsers.ts'
import { watchView } from '../views/format/watch-view.ts'

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
    interval: {
      flags: '--interval <duration>',
      description: 'from the start of one look to the start of the next',
      parse: parseInterval,
      fallback: 500_000,
      fallbackText: '500ms',
    },
    count: {
      flags: '-n, --count <number>',
      description: 'end after this many looks',
      parse: parseCount,
      fallback: undefined as number | undefined,
    },
    base: sharedOptions.base,
    chip: sharedOptions.chip,
    board: sharedOptions.board,
    force: sharedOptions.force,
  },
  meanings: {
    json: 'print one JSON document per line',
    quiet: 'print values only, one line per change',
  },
  examples: [
    ['watch 0x09000018 --interval 100ms', 'repaints on a terminal, one line per change elsewhere'],
    ['watch 0x10000020:7 0x1000000c:15:8', 'bits, with the whole value'],
    ['watch 0x40000000..+64 --count 10', 'sixteen values, ten times'],
    ['watch 0x09010000 --json', 'one JSON document per line'],
    ['watch UART0.FR GPIO', 'registers by name, with the fields that changed'],
  ],
  notes: [
    'Every look reads each place once, in the order given, as one program; never more often than ' +
      '--interval says. Reading can have an effect: a FIFO or a read-to-clear register is changed ' +
      'by every look. Ctrl-C ends it.',
    'On a terminal a change stays marked for three looks, and there are keys: the arrows, Page Up and ' +
      'Page Down (or j, k, g, G) scroll where there are more places than rows, space pauses, and ' +
      'nothing is read until it is pressed again, q ends. At the end it says how many changes were ' +
      'not on the screen.',
  ],
  severally: { prints: 'at once' },
  inBatches: 'it shows what changes until Ctrl-C',
  insteadInBatches: 'read reads a value once, and wait waits until it is one',
  async run(context, args, options) {
    const { interval, count = Number.POSITIVE_INFINITY, base } = options
    const texts = several(args, 0)
    const readings = texts.some(isNamed)
      ? await (await import('./named/watch.ts')).namedReadings(context, texts, options)
      : await plainReadings(context, texts, looksOrWidth(options.count))
    context.jsonStyle = 'lines'
    const view = watchView(context, { base, intervalUs: interval })
    const interrupted = context.io.interrupted()
    const stop = view.ended ? AbortSignal.any([interrupted, view.ended]) : interrupted
    const show = (elements: readonly ReadElement[]) => {
      view.show(elements)
      context.blanks.look(elements)
    }
    const between = async () => {
      if (await context.tellOfSilence()) view.startBelow()
    }
    try {
      const pace = { count, intervalMs: interval / 1000, stop }
      await watch(readings, pace, { show, between, whenWanted: view.whenWanted?.bind(view) })
    } finally {
      view.close?.()
    }
    return 0
  },
})

async function plainReadings(
  context: Context,
  texts: readonly string[],
  meaning: Meaning,
): Promise<Readings> {
  const { settings, facts: system } = context
  const toItem = (operand: Operand | Range) =>
    toReadItem(operand, { width: widthAt(operand.place, settings), system })
  const check = (operand: Operand | Range | OpenRange) => {
    if (operand.kind !== 'open') toItem(operand)
  }
  const asked = texts.map((text) => fitting(text, parseOperandOrRange, check))
  refuseBareNumbers(texts, asked, meaning)
  const places = asked.map(({ place }) => place)
  context.check(places)
  asked.forEach(check)
  const machine = await context.machine('read', places)
  const items = (await boundedAll(asked, machine, settings.width)).map(toItem)
  return Readings.of(machine, items, context.settings)
}

/** `watch ADDRESS LOOKS`, and `devmem ADDRESS WIDTH`; a size is counted in bytes. */
function looksOrWidth(count: number | undefined): Meaning {
  return (text) => {
    if (isSize(text)) return 'a length (A..+LENGTH)'
    const width = isWidth(text) ? [`a width (--width ${text})`] : []
    const looks = count === undefined ? [`a number of looks (--count ${text})`] : []
    return [...width, ...looks].join(', ') || 'an offset'
  }
}
