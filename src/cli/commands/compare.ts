import { existsSync } from 'node:fs'
import { RequestError } from '../../errors.ts'
import {
  formatHex,
  formatPlace,
  formatRange,
  parsePlace,
  parseRangeOrPlace,
} from '../../place/index.ts'
import type { Place } from '../../place/schemes/index.ts'
import { prefixed } from '../../place/schemes/index.ts'
import { kernelPointer } from '../../place/schemes/pointer.ts'
import { counted } from '../../text/count.ts'
import { compareStreams, fileStream, reportDifferences } from '../access/compare.ts'
import { isBytewise } from '../access/element.ts'
import { bounded, checkExtent, restOf } from '../access/extent.ts'
import { locateStretch } from '../access/resolve.ts'
import { readStream } from '../access/stream.ts'
import { defineCommand, one } from '../command.ts'
import type { Context, Locator } from '../context.ts'
import { openInput } from '../files.ts'
import { type ShownAddress, shownAddress } from '../format/address.ts'
import { Progress } from '../format/progress.ts'
import { showPlace } from '../format/value.ts'
import { parseCount } from '../parsers.ts'

export default defineCommand({
  arguments: [
    {
      name: '<range>',
      description: 'A..B, A..+LENGTH, A.., or a place that has an end',
      completes: 'place',
      parse: parseRangeOrPlace,
    },
    {
      name: '<other>',
      description: 'a place, or a file: what starts with a digit or a scheme is a place',
      completes: 'place-or-file',
    },
  ],
  options: {
    max: {
      flags: '--max <number>',
      description: 'differences to list',
      parse: parseCount,
      fallback: 16,
      fallbackText: '16',
    },
  },
  meanings: { quiet: 'print nothing: the exit code tells' },
  examples: [
    ['compare 0x40000000..+1M ram.bin', 'with a file; exit 3 when it differs'],
    ['compare 0x40000000..+4k 0x40001000', 'with another place'],
    ['compare file:old.bin file:new.bin', 'two whole files'],
    ['compare 0x40000000..+1M ram.bin --quiet', 'only the exit code; ends at the first difference'],
  ],
  notes: [
    'Everything is read once, with accesses of --width bits, and compared element by element. Each ' +
      'line of the list is a place, its value, and the value on the other side. The other side may ' +
      'be longer than a range that is written, but not shorter. What has its own length is compared ' +
      'with what is as long.',
  ],
  async run(context, args, { max }) {
    const { ones } = context
    const { width, endian, json, quiet } = context.settings
    const text = one(args, 0)
    const extent = parseRangeOrPlace(text)
    isBytewise(extent.place, width, context)
    checkExtent(extent, { width, text })
    const second = { text: one(args, 1), place: asPlace(one(args, 1)) }
    if (second.place !== undefined) isBytewise(second.place, width, context)
    const machine = await context.machine('read')
    const { place, length } = await bounded(extent, machine, { width, text })
    const signal = context.io.interrupted()
    const stretch = await locateStretch(machine, place, length)
    const whole = extent.kind === 'place'
    const other = await openOther(context, machine, second, { length, whole, signal })
    const progress = new Progress(context.io.stderr, length, !quiet)
    const address = shownAddress(stretch.memory, stretch.address)
    const left = { place: formatRange({ place, length }), address }
    context.record({ left, right: other.json, length, width })
    try {
      const stream = readStream(stretch, { width, signal, ones })
      const found = await compareStreams(stream, other.stream, {
        ...{ width, endian, max },
        first: quiet && !json,
        onProgress: (bytes) => progress.update(bytes),
      })
      progress.end()
      const equal = found.count === 0
      context.record({ equal })
      const sides = { place, left: showPlace(place), right: other.name, length }
      reportDifferences(context, found, sides)
      if (equal && !json && !quiet) context.print(`equal: ${counted(length, 'byte')}`)
      return equal ? 0 : 3
    } finally {
      progress.end()
      await other.close()
    }
  },
})

interface Other {
  name: string
  json: { place: string; address: ShownAddress } | { file: string }
  stream: ReturnType<typeof readStream>
  close(): Promise<void>
}

async function openOther(
  context: Context,
  machine: Locator,
  { text, place }: { text: string; place: Place | undefined },
  { length, whole, signal }: { length: number; whole: boolean; signal: AbortSignal },
): Promise<Other> {
  const refuse = (bytes: number) => {
    const name = place ? { place: formatPlace(place) } : { file: text }
    const cure =
      bytes > length ? { cure: `give the range, A..+${formatHex(length)}, for so many` } : {}
    const message = `${text} has ${counted(bytes, 'byte')}, and the range has ${length}`
    return new RequestError('ERANGE', message, { ...name, ...cure })
  }
  if (place !== undefined) {
    const { ones, settings } = context
    const { width } = settings
    const rest = whole ? await restOf(place, machine) : undefined
    if (rest !== undefined && rest > length) throw refuse(rest)
    const stretch = await locateStretch(machine, place, length)
    const stream = readStream(stretch, { width, signal, ones })
    const address = shownAddress(stretch.memory, stretch.address)
    const json = { place: formatPlace(place), address }
    return { name: showPlace(place), json, stream, close: async () => {} }
  }
  const input = await openInput(text)
  if (whole ? input.size === length : input.size >= length) {
    const stream = fileStream(input, length)
    return { name: text, json: { file: text }, stream, close: () => input.close() }
  }
  await input.close()
  throw refuse(input.size)
}

/** A place, or `undefined` for the name of a file. */
function asPlace(text: string): Place | undefined {
  const looksLikePlace =
    /^[0-9]/.test(text) ||
    prefixed.some(({ name }) => text.startsWith(`${name}:`)) ||
    (kernelPointer(text) !== undefined && !existsSync(text))
  return looksLikePlace ? parsePlace(text) : undefined
}
