import { refuseDecimalAfter } from '../../operate/bare-number.ts'
import { foreseeBlocks } from '../../operate/block.ts'
import {
  areInOneMemory,
  copyStretch,
  distance,
  locateDestination,
  ontoItself,
  sameFileAs,
} from '../../operate/copying.ts'
import { isBytewise } from '../../operate/element.ts'
import { bounded, checkExtent } from '../../operate/extent.ts'
import { fittingWidth, isFreeWidth, parseExtent } from '../../operate/fit.ts'
import { accessOf, locateStretch, type Stretch } from '../../operate/resolve.ts'
import { addressToldBy, shownAddress } from '../../operate/shown-address.ts'
import { showPlace } from '../../place/at.ts'
import { formatPlace, formatRange, parseRangeOrPlace } from '../../place/index.ts'
import { parseStart } from '../../place/range.ts'
import type { Place } from '../../place/schemes/index.ts'
import type { CopyDocument } from '../../report/copy.ts'
import { are, counted } from '../../text/count.ts'
import { defineCommand, one } from '../frame/command.ts'
import { sharedOptions } from '../frame/options.ts'
import { Progress } from '../views/format/progress.ts'

export default defineCommand({
  arguments: [
    {
      name: 'range|place',
      needed: true,
      description: 'what is copied, as A..B, A..+LENGTH, A.., or a place that has an end',
      completes: { place: 'stretch' },
      parse: parseRangeOrPlace,
    },
    {
      name: 'place',
      needed: true,
      description: 'where the first byte goes',
      completes: { place: 'stretch' },
      parse: parseStart,
    },
  ],
  options: { dryRun: sharedOptions.dryRun },
  meanings: { quiet: 'print nothing when all went well' },
  examples: [
    ['copy 0x40000000..+4k 0x40010000', 'from one place to another'],
    ['copy 0x40000000..+4k 0x40000100', 'overlapping: as if through a buffer'],
    ['copy 0x40000000..+1M file:ram.bin', 'into a file that is long enough (dump makes one)'],
  ],
  notes: [
    'Every element is loaded once and stored once, with accesses of --width bits. Where source and ' +
      'destination overlap, the copy runs from the end that keeps the source intact until it was ' +
      'read. Between regular files it has 16 or 8 bits where the length is not a multiple of 32 ' +
      'bits, unless --width says otherwise.',
  ],
  refuses: ['endian'],
  mayStore: true,
  severally: {
    prints: 'at its end',
    refuses: (args) =>
      parseStart(one(args, 1)).scheme === 'file' ? 'a copy to a file is of one target' : undefined,
  },
  inBatches: true,
  async run(context, args, options) {
    const { json, quiet } = context.settings
    const text = one(args, 0)
    const extent = parseExtent(text, parseRangeOrPlace, context)
    const to = sameFileAs(extent.place, parseStart(one(args, 1)))
    refuseDecimalAfter(text, one(args, 1))
    const free = isFreeWidth(context.settings, extent.place, to)
    const asked = free ? undefined : context.settings.width
    if (asked !== undefined) {
      for (const place of [extent.place, to]) isBytewise(place, asked, context)
      checkExtent(extent, { width: asked, text })
    }
    const measured =
      extent.kind === 'range'
        ? extent
        : await bounded(extent, await context.machine('read', [extent.place, to]), {
            width: asked,
            text,
          })
    const { place: from, length } = measured
    if (free) context.useWidth(fittingWidth(context, context.settings.width, length, from, to))
    const { width } = context.settings
    const inside = await context.look(({ files }) => areInOneMemory(from, to, files))
    if (formatPlace(from) === formatPlace(to)) throw ontoItself(from)
    const record = (ends: { from?: Stretch | undefined; to?: Stretch | undefined }) =>
      context.record<CopyDocument>({
        from: sideToJson(formatRange({ place: from, length }), from, ends.from),
        to: sideToJson(formatPlace(to), to, ends.to),
      })
    record({})
    context.record<CopyDocument>({ length, width })
    if (options.dryRun) context.record<CopyDocument>({ dryRun: true })
    const target = await context.machine('write', [from, to])
    // What is only read is opened for reading; one memory is opened once, since a simulated board
    // that is opened again is another board.
    const machine = inside ? target : await context.machine('read', [from])
    const source = await locateStretch(machine, from, length)
    const destination = await locateDestination(target, to, length)
    record({ from: source, to: destination })
    const ahead = inside ? distance(source, destination) : undefined
    context.blanks.ask([accessOf(destination)])
    const what = `${counted(length, 'byte')} from ${showPlace(from)}`
    if (options.dryRun) {
      await foreseeBlocks(source, width, 'read')
      await foreseeBlocks(destination, width, 'write')
      context.blanks.ask([accessOf(source)])
      const count = (length * 8) / width
      const accesses = `${counted(count, 'load')} and ${counted(count, 'store')} of ${width} bits`
      if (!json) context.print(`${what} would be at ${showPlace(to)} (${accesses})`)
      return 0
    }
    const progress = new Progress(context.io.stderr, length, !quiet)
    const { bytes, error } = await copyStretch(source, destination, {
      ...{ width, ahead, signal: context.io.interrupted(), blanks: context.blanks },
      onProgress: (copied) => progress.update(copied),
    })
    progress.end()
    context.record<CopyDocument>({ bytes })
    if (error !== undefined) throw error
    context.done = `wrote ${length} of ${counted(length, 'byte')}`
    if (!json && !quiet) {
      context.print(`${what} ${are(length)} at ${showPlace(to)}`)
    }
    return 0
  },
})

/** One end of a copy; the address as far as it is known. */
function sideToJson(text: string, place: Place, found: Stretch | undefined) {
  const address = found ? shownAddress(found.memory, found.address) : addressToldBy(place)
  return { place: text, address }
}
