import { foreseeBlocks } from '../../operate/block.ts'
import { isBytewise, ordered } from '../../operate/element.ts'
import { bounded, checkExtent } from '../../operate/extent.ts'
import { parseExtent } from '../../operate/fit.ts'
import { accessOf, locateStretch } from '../../operate/resolve.ts'
import { shownAddress } from '../../operate/shown-address.ts'
import { fillStretch } from '../../operate/storing.ts'
import { showPlace } from '../../place/at.ts'
import {
  formatRange,
  type Literal,
  literalValue,
  parseLiteral,
  parseRange,
} from '../../place/index.ts'
import { bitsNeeded } from '../../place/value.ts'
import type { FillDocument } from '../../report/fill.ts'
import { are, counted } from '../../text/count.ts'
import { fitting } from '../../text/suggest.ts'
import { defineCommand, one } from '../frame/command.ts'
import { sharedOptions } from '../frame/options.ts'
import { storesInFile } from '../frame/several/one-file.ts'
import { Progress } from '../views/format/progress.ts'
import { showValue } from '../views/format/value.ts'

export default defineCommand({
  arguments: [
    {
      name: 'range',
      needed: true,
      description: 'A..B, A..+LENGTH or A..',
      completes: { place: 'stretch' },
      parse: parseRange,
    },
    { name: 'value', needed: true, description: 'the value of each element', parse: parseLiteral },
  ],
  options: { dryRun: sharedOptions.dryRun },
  meanings: { quiet: 'print nothing when all went well' },
  examples: [
    ['fill 0x40000000..+1M 0', 'zeros, 32 bits per store'],
    ['fill 0x40000000..+256 0xa5 --width 8', '256 single bytes'],
    ["fill 0x40000000..+4k '~0'", 'all ones; unquoted, a shell puts a path for ~0'],
    ['fill 0x40000000..+4k 0xdeadbeef --dry-run', 'only say what would be done'],
  ],
  notes: ['Every element is stored once, in ascending order. Nothing is read.'],
  mayStore: true,
  severally: { prints: 'at its end', refuses: (args) => storesInFile([one(args, 0)]) },
  inBatches: true,
  async run(context, args, options) {
    const { width, endian, json, quiet } = context.settings
    const text = one(args, 0)
    const extent = parseExtent(text, parseRange, context)
    const toValue = (literal: Literal) => literalValue(literal, width)
    const literal = fitting(one(args, 1), parseLiteral, toValue)
    const value = toValue(literal)
    isBytewise(extent.place, width, context, bitsNeeded(literal))
    checkExtent(extent, { width, text })
    const measured =
      extent.kind === 'range'
        ? extent
        : await bounded(extent, await context.machine('read', [extent.place]), { width, text })
    const { place, length } = measured
    const count = (length * 8) / width
    const range = formatRange({ place, length })
    const stretch = await locateStretch(await context.machine('write', [place]), place, length)
    const address = shownAddress(stretch.memory, stretch.address)
    context.blanks.ask([accessOf(stretch)])
    const head = { place: range, address, length, width, value }
    const what = `${counted(length, 'byte')} from ${showPlace(place)}`
    if (options.dryRun) {
      context.record<FillDocument>({ dryRun: true, ...head })
      await foreseeBlocks(stretch, width, 'write')
      const stores = `${counted(count, 'store')} of ${width} bits: ${showValue(value, width)}`
      if (!json) context.print(`${what} would be written (${stores})`)
      return 0
    }
    const progress = new Progress(context.io.stderr, length, !quiet)
    const { bytes, error } = await fillStretch(stretch, ordered(value, width, endian), {
      ...{ width, signal: context.io.interrupted() },
      onProgress: (done) => progress.update(done),
    })
    progress.end()
    context.record<FillDocument>({ ...head, bytes })
    if (error !== undefined) throw error
    context.done = `wrote ${length} of ${counted(length, 'byte')}`
    if (!json && !quiet) context.print(`${what} ${are(length)} written`)
    return 0
  },
})
