import { refuseDecimalAfter } from '../../operate/bare-number.ts'
import { type Comparison, compareStreams } from '../../operate/compare.ts'
import { checkWhole, isBytewise } from '../../operate/element.ts'
import { bounded, checkExtent } from '../../operate/extent.ts'
import { fittingWidth, isFreeWidth, parseExtent } from '../../operate/fit.ts'
import { asPlace, comparedPart, lengthFor, openOther } from '../../operate/other-side.ts'
import { locateStretch } from '../../operate/resolve.ts'
import { shownAddress } from '../../operate/shown-address.ts'
import { readStream } from '../../operate/stream.ts'
import { showPlace } from '../../place/at.ts'
import { parseRangeOrPlace } from '../../place/index.ts'
import type { CompareDocument } from '../../report/compare.ts'
import { are, counted, were } from '../../text/count.ts'
import { defineCommand, one } from '../frame/command.ts'
import { parseCount } from '../frame/parsers.ts'
import { filePath } from '../frame/paths.ts'
import { reportDifferences } from '../views/format/differences.ts'
import { Progress } from '../views/format/progress.ts'

export default defineCommand({
  arguments: [
    {
      name: 'range|place',
      needed: true,
      description: 'A..B, A..+LENGTH, A.., or a place: as long as it is, or as the other one',
      completes: { place: 'stretch' },
      parse: parseRangeOrPlace,
    },
    {
      name: 'place|file',
      needed: true,
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
  meanings: { quiet: 'print nothing: the exit code is the answer' },
  examples: [
    ['compare 0x40000000..+1M ram.bin', 'with a file; exit 3 when it differs'],
    ['compare 0x40000000 ram.bin', 'as far as the file is long'],
    ['compare 0x40000000..+4k 0x40001000', 'with another place'],
    ['compare file:old.bin file:new.bin', 'two whole files'],
    ['compare 0x40000000..+1M ram.bin --quiet', 'only the exit code; ends at the first difference'],
  ],
  notes: [
    'Everything is read once, with accesses of --width bits, and compared element by element. Each ' +
      'line of the list is a place, its value, and the value on the other side. The other side may ' +
      'be longer than a range that is written, but not shorter. Of two places that have their own ' +
      'lengths, or a file, what both have is compared: different lengths are a difference, too. An ' +
      'address without a length has that of the other side. Regular ' +
      'files are read with 16 or 8 bits where their lengths are not multiples of 32 bits.',
  ],
  severally: { prints: 'at its end' },
  inBatches: true,
  async run(context, args, { max }) {
    const { blanks } = context
    const { endian, json, quiet } = context.settings
    const text = one(args, 0)
    const extent = parseExtent(text, parseRangeOrPlace, context)
    const otherText = one(args, 1)
    const otherPlace = asPlace(otherText)
    const second = { text: otherPlace ? otherText : filePath(otherText), place: otherPlace }
    const places = second.place === undefined ? [extent.place] : [extent.place, second.place]
    if (second.place !== undefined) refuseDecimalAfter(text, otherText)
    const free = isFreeWidth(context.settings, ...places)
    const width = free ? undefined : context.settings.width
    if (width !== undefined) {
      isBytewise(extent.place, width, context)
      checkExtent(extent, { width, text })
      if (second.place !== undefined) isBytewise(second.place, width, context)
    }
    const machine = await context.machine('read', places)
    const otherwise = await lengthFor(extent, machine, second)
    const { place, length } = await bounded(extent, machine, {
      ...{ width, text, mayBeEmpty: true, otherwise },
    })
    const other = await openOther(machine, second, { length, whole: extent.kind === 'place' })
    const both = Math.min(length, other.length)
    const progress = new Progress(context.io.stderr, both, !quiet)
    try {
      const signal = context.io.interrupted()
      const stretch = await locateStretch(machine, place, both)
      if (free) context.useWidth(fittingWidth(context, context.settings.width, both, ...places))
      else checkWhole(both, context.settings.width, second.text)
      const options = { width: context.settings.width, signal, blanks }
      const sizes = new Sizes(
        { name: showPlace(place), length },
        { name: other.name, length: other.length },
      )
      const address = shownAddress(stretch.memory, stretch.address)
      const left = { place: comparedPart(place, both), address, ...sizes.left }
      context.record<CompareDocument>({ left, right: { ...other.json, ...sizes.right } })
      context.record<CompareDocument>({ length: both, width: options.width })
      const compare = () =>
        compareStreams(readStream(stretch, options), other.stream(both, options), both, {
          ...{ width: options.width, endian, max },
          first: quiet && !json,
          onProgress: (bytes) => progress.update(bytes),
        })
      const found = both === 0 ? NOTHING : await compare()
      progress.end()
      const equal = found.count === 0 && sizes.equal
      context.record<CompareDocument>({ equal })
      const sides = { place, left: showPlace(place), right: other.name, length: both }
      reportDifferences(context, found, sides)
      if (equal && !json && !quiet) {
        context.print(both === 0 ? 'equal: both are empty' : `equal: ${counted(both, 'byte')}`)
      }
      if (!sizes.equal && !json && !quiet) context.complain(sizes.told(found.count === 0))
      return equal ? 0 : 3
    } finally {
      progress.end()
      await other.close()
    }
  },
})

/** What is found where one side is empty. */
const NOTHING: Comparison = { differences: [], count: 0, bytes: 0, compared: 0 }

interface Side {
  name: string
  length: number
}

/** How long the two sides are. */
class Sizes {
  readonly #left: Side
  readonly #right: Side

  constructor(left: Side, right: Side) {
    this.#left = left
    this.#right = right
  }

  get equal(): boolean {
    return this.#left.length === this.#right.length
  }

  /** What JSON has of a side: its length where they differ. */
  get left() {
    return this.equal ? {} : { length: this.#left.length }
  }

  get right() {
    return this.equal ? {} : { length: this.#right.length }
  }

  told(equal: boolean): string {
    const [left, right] = [this.#left, this.#right]
    const first = Math.min(left.length, right.length)
    if (first === 0) return `${sized(left)}, and ${sized(right)}`
    const sizes = `${left.name} has ${counted(left.length, 'byte')}, and ${right.name} ${right.length}`
    const same = equal ? `, which ${are(first)} equal` : ''
    return `${sizes}: only the first ${first === 1 ? 'byte' : first} ${were(first)} compared${same}`
  }
}

function sized({ name, length }: Side): string {
  return length === 0 ? `${name} is empty` : `${name} has ${counted(length, 'byte')}`
}
