import { RequestError } from '../../base/errors.ts'
import { isBytewise } from '../../operate/element.ts'
import { bounded, checkExtent } from '../../operate/extent.ts'
import { fittingWidth, isFreeWidth, parseExtent } from '../../operate/fit.ts'
import { locateStretch } from '../../operate/resolve.ts'
import { type Match, search } from '../../operate/search.ts'
import { shownAddress } from '../../operate/shown-address.ts'
import { placeAt, showPlace } from '../../place/at.ts'
import {
  formatPattern,
  formatPlace,
  formatRange,
  parsePattern,
  parseRangeOrPlace,
} from '../../place/index.ts'
import type { MatchReport, SearchDocument } from '../../report/search.ts'
import { counted } from '../../text/count.ts'
import { defineCommand, one } from '../frame/command.ts'
import { parseCount } from '../frame/parsers.ts'
import { Progress } from '../views/format/progress.ts'

export default defineCommand({
  arguments: [
    {
      name: 'range|place',
      needed: true,
      description: 'A..B, A..+LENGTH, A.., or a place that has an end',
      completes: { place: 'stretch' },
      parse: parseRangeOrPlace,
    },
    {
      name: 'pattern',
      needed: true,
      description: "bytes ('de ad ?? ef'), text:GRUB, or a number (0x12345678, u16be:0x1234)",
      parse: parsePattern,
      completes: ['text:', 'u8:', 'u16:', 'u32:', 'u64:', 'u16be:', 'u32be:', 'u64be:'],
    },
  ],
  options: {
    max: {
      flags: '--max <number>',
      description: 'end after this many matches',
      parse: parseCount,
      fallback: Number.POSITIVE_INFINITY,
    },
  },
  meanings: { quiet: 'print the places only' },
  examples: [
    ['search 0x40000000..+1M text:GRUB', 'a text'],
    ['search file:rom.bin text:boot', 'in all of a file, however long'],
    ["search 0x40000000..+1M 'de ad ?? ef'", 'bytes, one of which may be anything'],
    ['search 0xe0000..+128k 0x20445352 --max 1', 'a number of --width bits'],
  ],
  notes: [
    'The range is read once, with accesses of --width bits; a match may start at any byte. Exit 3 ' +
      'when there is none. A number without u16: and the like has --width bits and the order of ' +
      '--endian. A regular file is read with 16 or 8 bits where its length is not a multiple of ' +
      '32 bits, unless --width says otherwise.',
  ],
  severally: { prints: 'at its end' },
  inBatches: true,
  async run(context, args, { max }) {
    const { endian, json, quiet } = context.settings
    const text = one(args, 0)
    const extent = parseExtent(text, parseRangeOrPlace, context)
    const pattern = parsePattern(one(args, 1), { width: context.settings.width, endian })
    const free = isFreeWidth(context.settings, extent.place)
    const width = free ? undefined : context.settings.width
    if (width !== undefined) isBytewise(extent.place, width, context)
    checkExtent(extent, { width, text })
    const machine = await context.machine('read', [extent.place])
    const { place, length } = await bounded(extent, machine, { width, text })
    if (pattern.bytes.length > length) {
      const sizes = `${counted(pattern.bytes.length, 'byte')}, but the range has ${length}`
      throw new RequestError('ERANGE', `the pattern has ${sizes}`, { input: one(args, 1) })
    }
    if (free) context.useWidth(fittingWidth(context, context.settings.width, length, place))
    const stretch = await locateStretch(machine, place, length)
    const address = shownAddress(stretch.memory, stretch.address)
    const record = { place: formatRange({ place, length }), address, length }
    context.record<SearchDocument>({ ...record, width: context.settings.width })
    context.record<SearchDocument>({
      pattern: one(args, 1),
      patternBytes: formatPattern(pattern).replaceAll(' ', ''),
    })
    const matches: MatchReport[] = []
    context.record<SearchDocument>({ matches })
    const progress = new Progress(context.io.stderr, length, !quiet)
    // They are printed when they are found: each of several stands where the last one may.
    const last = placeAt(place, length - pattern.bytes.length)
    const widest = max === 1 ? 0 : showPlace(last).length
    const onMatch = ({ place: at, address, bytes }: Match) => {
      matches.push({ place: formatPlace(at), address, data: bytes })
      progress.end()
      if (json) return
      const shown = showPlace(at)
      context.print(quiet ? shown : `${shown.padEnd(widest)}  ${showBytes(bytes)}`)
    }
    await search(stretch, pattern, {
      ...{ width: context.settings.width, max, onMatch, blanks: context.blanks },
      signal: context.io.interrupted(),
      onProgress: (searched) => progress.update(searched),
    }).finally(() => progress.end())
    if (matches.length > 0) return 0
    if (!json && !quiet) context.complain(`${one(args, 1)} is not in ${text}`)
    return 3
  },
})

function showBytes(bytes: Uint8Array): string {
  const most = 16
  const shown = Array.from(bytes.subarray(0, most), (byte) => byte.toString(16).padStart(2, '0'))
  const text = String.fromCharCode(
    ...bytes.subarray(0, most).map((byte) => (byte >= 0x20 && byte < 0x7f ? byte : 0x2e)),
  )
  return `${shown.join(' ')}${bytes.length > most ? ' …' : ''}  |${text}|`
}
