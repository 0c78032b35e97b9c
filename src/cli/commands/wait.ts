import { RequestError } from '../../base/errors.ts'
import { after } from '../../base/pending.ts'
import type { Value } from '../../base/width.ts'
import { MAX_WAIT_MS } from '../../memory/limits.ts'
import { DEFAULT_INTERVAL_US, DEFAULT_TIMEOUT_MS } from '../../memory/step.ts'
import { refuseBareNumbers } from '../../operate/bare-number.ts'
import { widthAt } from '../../operate/own-width.ts'
import { unalignedNote } from '../../operate/reading.ts'
import { shownAddress } from '../../operate/shown-address.ts'
import {
  locateWanted,
  meets,
  prepareWait,
  toWantedItem,
  type Waited,
  type Wanted,
} from '../../operate/waiting.ts'
import type { WriteItem } from '../../operate/writing.ts'
import {
  type Condition,
  extractBits,
  formatBits,
  formatCondition,
  formatDuration,
  parseCondition,
  parseDurationUs,
} from '../../place/index.ts'
import { isNamed, orName } from '../../place/named-words.ts'
import { operandText } from '../../report/element.ts'
import type { ConditionReport, WaitDocument } from '../../report/wait.ts'
import type { Base } from '../../text/base.ts'
import { fitting } from '../../text/suggest.ts'
import { defineCommand, several } from '../frame/command.ts'
import type { Context } from '../frame/context.ts'
import { sharedOptions } from '../frame/options.ts'
import { showElapsed } from '../views/format/time.ts'
import {
  alignedLines,
  operandTexts,
  shownBits,
  showOperand,
  showValue,
} from '../views/format/value.ts'

export default defineCommand({
  arguments: [
    {
      name: 'condition',
      needed: true,
      several: true,
      description:
        'PLACE[:BITS]=VALUE or NAME[:FIELD]=VALUE, or with != < <= > >= (quote these from the shell)',
      completes: 'place',
      parse: orName(parseCondition),
    },
  ],
  options: {
    timeout: {
      flags: '--timeout <duration>',
      description: 'how long to wait: 500us, 50ms, 2s, 1m',
      parse: parseTimeout,
      fallback: DEFAULT_TIMEOUT_MS * 1000,
      fallbackText: formatDuration(DEFAULT_TIMEOUT_MS * 1000),
    },
    interval: {
      flags: '--interval <duration>',
      description: 'pause between two loads; 0 for none',
      parse: parseDurationUs,
      fallback: DEFAULT_INTERVAL_US,
      fallbackText: formatDuration(DEFAULT_INTERVAL_US),
    },
    base: sharedOptions.base,
    unaligned: sharedOptions.unaligned,
    chip: sharedOptions.chip,
    board: sharedOptions.board,
  },
  examples: [
    ['wait 0x10000020:7=0 --timeout 50ms', 'until bit 7 is 0; exit 3 after 50 ms'],
    ['wait 0x09000018!=0xffffffff', 'until it is something else, at most 1 s'],
    ["wait '0x1000000c:15:8>=4' 0x10000020:7=0", 'until both are true in one look'],
    ['wait 0x10000020:7=0 --quiet && echo ready', 'in a script'],
    ['wait UART0.FR:TXFE=empty --timeout 50ms', 'a field by name'],
  ],
  notes: [
    'The place is read at least once. Exit 3 when the time is up, with the last value on stderr.',
    'Of several conditions all have to be true in the same look, which loads each element once, in ' +
      'the order given. <, <=, > and >= compare without a sign.',
  ],
  severally: { prints: 'at its end' },
  inBatches: true,
  async run(context, args, options) {
    return (await import('./named/wait.ts')).waitNamed(context, several(args, 0), options)
  },
  parse(line, args, options) {
    if (several(args, 0).some(isNamed)) return undefined
    const toItem = (condition: Condition) =>
      toWantedItem(condition, widthAt(condition.place, line.settings), {
        ...options,
        get system() {
          return line.facts
        },
      })
    const conditions = several(args, 0).map((text) => fitting(text, parseCondition, toItem))
    refuseBareNumbers(several(args, 0), conditions)
    line.check(conditions.map(({ place }) => place))
    const items = conditions.map(toItem)
    const bytewise = items.filter((item) => item.bytewise)
    const notes = new Set(bytewise.map(({ place, width }) => unalignedNote(place, width)))
    const pace = { timeoutUs: options.timeout, intervalUs: options.interval }
    return (context) =>
      after(context.opened('read'), (machine) =>
        after(locateWanted(machine, conditions, items, context.settings), (located) => {
          const start = prepareWait(located, pace)
          const signal = context.io.interrupted()
          for (const note of notes) context.note(note)
          return after(start(signal), (waited) => {
            const seen = located.map((wanted, index): Seen => {
              const condition = conditions[index] as Condition
              const item = items[index] as WriteItem
              return { wanted, condition, item, value: waited.values[index] ?? 0 }
            })
            return report(context, seen, waited, options)
          })
        }),
      )
  },
})

/** Says what came of a wait; its exit code. */
function report(
  context: Context,
  all: readonly Seen[],
  waited: Waited,
  { base, timeout }: { base: Base; timeout: number },
): 0 | 3 {
  if (context.settings.json) record(context, all, waited)
  for (const { item, wanted, value } of all) {
    const address = shownAddress(wanted.memory, wanted.address)
    context.blanks.saw([{ place: item.place, address, width: item.width, value }])
  }
  if (waited.met) {
    if (!context.settings.json) context.print(describeWait(context, all, waited, base))
    return 0
  }
  for (const one of all) {
    if (!meets(one.wanted, one.value)) context.complain(explainUnmet(one, { base, timeout }))
  }
  return 3
}

/** A condition as it was given, as it is compared, and where, with what the last look saw. */
interface Seen {
  condition: Condition
  item: WriteItem
  wanted: Wanted
  value: Value
}

function parseTimeout(text: string): number {
  const us = parseDurationUs(text)
  if (us <= MAX_WAIT_MS * 1000) return us
  const message = `${text} is too long for a time-out: the longest is 1440m, a day`
  throw new RequestError('ERANGE', message, { input: text })
}

function fieldOf({ item: { bits }, value }: Seen): Value {
  return bits ? extractBits(value, bits) : value
}

function showField(seen: Seen, base: Base): string {
  const { bits, width } = seen.item
  return showValue(fieldOf(seen), shownBits(bits, width), base)
}

function describeWait(
  context: Context,
  all: readonly Seen[],
  { elapsedUs }: Waited,
  base: Base,
): string[] {
  if (context.settings.quiet) return all.map((seen) => showField(seen, base))
  const places = operandTexts(all.map(({ item }) => item))
  const rows = all.map((seen, index) => {
    const { bits, width } = seen.item
    const whole = bits ? `in ${showValue(seen.value, width, base)}  ` : ''
    const end = `${whole}after ${showElapsed(elapsedUs)}`
    return { name: `${places[index]}`, text: showField(seen, base), end }
  })
  return alignedLines(rows)
}

function explainUnmet(seen: Seen, { base, timeout }: { base: Base; timeout: number }): string {
  const { place, bits, width, value } = seen.item
  const { relation } = seen.condition
  const whole = bits ? ` in ${showValue(seen.value, width, base)}` : ''
  const is = `${showField(seen, base)}${whole}`
  const sign = relation === '=' ? '' : `${relation} `
  const expected = `expected ${sign}${showValue(value, shownBits(bits, width), base)}`
  const what = relation === '!=' ? `is still ${is}` : `is ${is}, ${expected}`
  // Without a time there was one look, and no wait.
  const how = timeout === 0 ? 'looked once' : `waited ${formatDuration(timeout)}`
  return `${showOperand(place, bits)} ${what}: ${how}`
}

function record(context: Context, all: readonly Seen[], { met, elapsedUs }: Waited): void {
  const elapsed = { elapsedUs: Math.round(elapsedUs * 1000) / 1000 }
  context.record<WaitDocument>({ met, ...elapsed, conditions: all.map(toJson) })
}

function toJson(seen: Seen): ConditionReport {
  const { place, bits, width, bytewise } = seen.item
  return {
    condition: formatCondition(seen.condition),
    met: meets(seen.wanted, seen.value),
    place: operandText(place, bits),
    address: shownAddress(seen.wanted.memory, seen.wanted.address),
    width,
    value: seen.value,
    ...(bits === undefined ? {} : { bits: formatBits(bits), field: fieldOf(seen) }),
    ...(bytewise ? { unaligned: true } : {}),
  }
}
