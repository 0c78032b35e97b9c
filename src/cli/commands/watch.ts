import { setTimeout } from 'node:timers/promises'
import { PhysmemError } from '../../base/errors.ts'
import { isWidth, refuseBareNumbers } from '../../operate/bare-number.ts'
import { boundedAll } from '../../operate/extent.ts'
import { Plan } from '../../operate/plan.ts'
import {
  bytesOf,
  planReading,
  type ReadElement,
  type Reading,
  toReadItem,
} from '../../operate/reading.ts'
import { type Operand, parseOperandOrRange, type Range } from '../../place/index.ts'
import { defineCommand, several } from '../frame/command.ts'
import { sharedOptions } from '../frame/options.ts'
import { parseCount, parseInterval } from '../frame/parsers.ts'
import type { WatchView } from '../views/format/watch-format.ts'
import { watchView } from '../views/format/watch-view.ts'

export default defineCommand({
  arguments: [
    {
      name: 'place',
      needed: true,
      several: true,
      description: 'places, places with bits (:5, :7:4), or ranges (A..B, A..+LENGTH, A..)',
      completes: 'place',
      parse: parseOperandOrRange,
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
      description: 'end after so many looks',
      parse: parseCount,
      fallback: undefined as number | undefined,
    },
    base: sharedOptions.base,
  },
  meanings: { json: 'print a JSON document a line', quiet: 'print values only, a line a change' },
  examples: [
    ['watch 0x09000018 --interval 100ms', 'repaints on a terminal, one line a change elsewhere'],
    ['watch 0x10000020:7 0x1000000c:15:8', 'bits, with the whole value'],
    ['watch 0x40000000..+64 --count 10', 'sixteen values, ten times'],
    ['watch 0x09010000 --json', 'one JSON document a line'],
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
  async run(context, args, { interval, count = Number.POSITIVE_INFINITY, base }) {
    const { width } = context.settings
    const asked = several(args, 0).map((text) => parseOperandOrRange(text))
    refuseBareNumbers(several(args, 0), asked, lengthOrWidth)
    const toItem = (operand: Operand | Range) => toReadItem(operand, { width, root: context.root })
    for (const operand of asked) if (operand.kind !== 'open') toItem(operand)
    const places = asked.map(({ place }) => place)
    const machine = await context.machine('read', places)
    const items = (await boundedAll(asked, machine, width)).map(toItem)
    const plan = new Plan()
    const readings: Reading[] = []
    for (const item of items) {
      readings.push(
        planReading(plan, item, await machine.locate(item.place, bytesOf(item)), context.settings),
      )
    }
    plan.check()
    context.jsonStyle = 'lines'
    const view = watchView(context, { base, intervalUs: interval })
    const interrupted = context.io.interrupted()
    const stop = view.ended ? AbortSignal.any([interrupted, view.ended]) : interrupted
    let last: readonly ReadElement[] = []
    const show = () => {
      const read = readings.flatMap((reading) => reading.elements())
      if (read.length === 0) return
      // A look that failed has read the first of them; the others are as they were.
      last = [...read, ...last.slice(read.length)]
      view.show(last)
      context.blanks.look(last)
    }
    const look = async () => {
      // A value that was read is shown: reading it again may give another one.
      await plan.run(stop).finally(show)
      if (await context.tellOfSilence()) view.startBelow()
    }
    try {
      await lookAgain(look, { count, intervalMs: interval / 1000, view, stop })
    } catch (error) {
      if (!(error instanceof PhysmemError && error.code === 'EABORT')) throw error
    } finally {
      view.close?.()
    }
    return 0
  },
})

/** `watch ADDRESS LENGTH`, and `devmem ADDRESS WIDTH`. */
function lengthOrWidth(text: string): string {
  return isWidth(text) ? `a width (--width ${text})` : 'a length (A..+LENGTH)'
}

interface Looking {
  count: number
  intervalMs: number
  view: WatchView
  stop: AbortSignal
}

async function lookAgain(
  look: () => Promise<void>,
  { count, intervalMs, view, stop }: Looking,
): Promise<void> {
  for (let looks = 0; looks < count && !stop.aborted; ) {
    const start = performance.now()
    await look()
    if (++looks < count) await pauseUntil(start + intervalMs, stop)
    await aborted(stop, view.whenWanted?.())
  }
}

/** Waits for something, or until it is stopped. */
async function aborted(stop: AbortSignal, work: Promise<void> | undefined): Promise<void> {
  if (work === undefined || stop.aborted) return
  const gone = new AbortController()
  const stopped = new Promise<void>((resolve) => {
    stop.addEventListener('abort', () => resolve(), { once: true, signal: gone.signal })
  })
  await Promise.race([work, stopped])
  gone.abort()
}

/** A timer may fire a little early; a look may not. */
async function pauseUntil(timeMs: number, stop: AbortSignal): Promise<void> {
  while (!stop.aborted && performance.now() < timeMs) {
    const restMs = timeMs - performance.now()
    await setTimeout(restMs, undefined, { signal: stop }).catch(() => {})
  }
}
