import { RequestError } from '../../errors.ts'
import { MAX_WAIT_MS } from '../../memory/limits.ts'
import { DEFAULT_INTERVAL_US, DEFAULT_TIMEOUT_MS } from '../../memory/step.ts'
import {
  type Condition,
  extractBits,
  formatBits,
  formatCondition,
  formatDuration,
  parseCondition,
  parseDurationUs,
} from '../../place/index.ts'
import { formatOperand } from '../../place/operand.ts'
import { unalignedNote } from '../access/reading.ts'
import { prepareWait, type Wait, type Waited } from '../access/waiting.ts'
import { toWriteItem } from '../access/writing.ts'
import { defineCommand, one } from '../command.ts'
import type { Context } from '../context.ts'
import { shownAddress } from '../format/address.ts'
import { showElapsed } from '../format/time.ts'
import { shownBits, showOperand, showValue } from '../format/value.ts'
import { sharedOptions } from '../options.ts'

export default defineCommand({
  arguments: [
    {
      name: '<condition>',
      description: 'PLACE[:BITS]=VALUE, or PLACE[:BITS]!=VALUE',
      completes: 'place',
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
  },
  examples: [
    ['wait 0x10000020:7=0 --timeout 50ms', 'until bit 7 is 0; exit 3 after 50 ms'],
    ['wait 0x09000018!=0xffffffff', 'until it is something else, at most 1 s'],
    ['wait 0x10000020:7=0 --quiet && echo ready', 'in a script'],
  ],
  notes: [
    'The place is read at least once. Exit 3 when the time is up, with the last value on stderr.',
  ],
  async run(context, args, options) {
    const { width, endian } = context.settings
    const condition = parseCondition(one(args, 0))
    const {
      place,
      value,
      whole: equals,
      mask,
      bytewise,
    } = toWriteItem(condition, width, { ...options, root: context.root })
    const found = await (await context.machine('read')).locate(place, width / 8)
    const { timeout: timeoutUs, interval: intervalUs } = options
    const { negate } = condition
    const wait: Wait = {
      ...{ place, ...found, width, mask, equals, negate },
      ...{ bytewise, endian, timeoutUs, intervalUs },
    }
    const start = prepareWait(wait)
    const signal = context.io.interrupted()
    if (bytewise) context.note(unalignedNote(place, width))
    const waited = await start(signal)
    record(context, condition, wait, waited)
    const address = shownAddress(wait.memory, wait.address)
    context.ones.saw({ place, address, width, value: waited.value })
    if (waited.met) {
      if (!context.settings.json) context.print(describe(context, condition, wait, waited, options))
      return 0
    }
    context.complain(explain(condition, wait, waited, showValue(value, bitCount(condition, wait))))
    return 3
  },
})

function parseTimeout(text: string): number {
  const us = parseDurationUs(text)
  if (us <= MAX_WAIT_MS * 1000) return us
  const message = `${text} is too long for a time-out: the longest is 1440m, a day`
  throw new RequestError('ERANGE', message, { input: text })
}

function bitCount({ bits }: Condition, { width }: Wait): number {
  return shownBits(bits, width)
}

function fieldOf({ bits }: Condition, { value }: Waited) {
  return bits === undefined ? value : extractBits(value, bits)
}

function describe(
  context: Context,
  condition: Condition,
  wait: Wait,
  waited: Waited,
  { base }: { base: Parameters<typeof showValue>[2] },
): string {
  const { place, bits } = condition
  const value = showValue(fieldOf(condition, waited), bitCount(condition, wait), base)
  if (context.settings.quiet) return value
  const whole = bits === undefined ? '' : `  in ${showValue(waited.value, wait.width)}`
  return `${showOperand(place, bits)}  ${value}${whole}  after ${showElapsed(waited.elapsedUs)}`
}

function explain(condition: Condition, wait: Wait, waited: Waited, expected: string): string {
  const { place, bits, negate } = condition
  const seen = showValue(fieldOf(condition, waited), bitCount(condition, wait))
  const whole = bits === undefined ? '' : ` (in ${showValue(waited.value, wait.width)})`
  const what = negate ? `is still ${seen}${whole}` : `is ${seen}${whole}, expected ${expected}`
  // Without a time there was one look, and no wait.
  const how = wait.timeoutUs === 0 ? 'looked once' : `waited ${formatDuration(wait.timeoutUs)}`
  return `${showOperand(place, bits)} ${what}: ${how}`
}

function record(context: Context, condition: Condition, wait: Wait, waited: Waited): void {
  const { place, bits } = condition
  context.record({
    condition: formatCondition(condition),
    met: waited.met,
    elapsedUs: Math.round(waited.elapsedUs * 1000) / 1000,
    place: formatOperand({ place, ...(bits === undefined ? {} : { bits }) }),
    address: shownAddress(wait.memory, wait.address),
    width: wait.width,
    value: waited.value,
    ...(bits === undefined ? {} : { bits: formatBits(bits), field: fieldOf(condition, waited) }),
    ...(wait.bytewise ? { unaligned: true } : {}),
  })
}
