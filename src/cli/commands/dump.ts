import { RequestError } from '../../base/errors.ts'
import { FileSink } from '../../operate/dump/file-sink.ts'
import { pump } from '../../operate/dump/pump.ts'
import type { Sink } from '../../operate/dump/sink.ts'
import { isBytewise } from '../../operate/element.ts'
import { bounded, checkExtent } from '../../operate/extent.ts'
import { fittingWidth, isFreeWidth, parseExtent } from '../../operate/fit.ts'
import { locateStretch, type Stretch } from '../../operate/resolve.ts'
import { shownAddress } from '../../operate/shown-address.ts'
import type { Gap } from '../../operate/stream.ts'
import { placeAt, showPlace } from '../../place/at.ts'
import { formatRange, parseRangeOrPlace, type Range } from '../../place/index.ts'
import { expectedRange } from '../../place/range.ts'
import type { DumpDocument } from '../../report/dump.ts'
import { gapToJson } from '../../report/dump.ts'
import { are, counted, were } from '../../text/count.ts'
import { malformed } from '../../text/refuse.ts'
import { defineCommand, one } from '../frame/command.ts'
import type { Context } from '../frame/context.ts'
import { outputPath } from '../frame/paths.ts'
import { HexSink, JsonSink, RawSink } from '../views/dump/print-sinks.ts'
import { Progress } from '../views/format/progress.ts'
import { showSize } from '../views/format/size.ts'

/** How much is shown from an address on. */
const SHOWN_BYTES = 256

interface DumpOptions {
  output: string | undefined
  keepGoing: boolean
  fixed: boolean
  collapse: boolean
}

export default defineCommand({
  arguments: [
    {
      name: 'range|place',
      needed: true,
      description: 'A..B, A..+LENGTH, A.. or a place alone',
      completes: { place: 'stretch' },
      parse: parseRangeOrPlace,
    },
  ],
  options: {
    output: {
      flags: '-o, --output <file>',
      description: 'write raw bytes to a file, or with - to standard output',
      parse: outputPath,
      fallback: undefined as string | undefined,
      completes: 'file',
    },
    keepGoing: {
      flags: '--keep-going',
      description: 'pass over what cannot be read, and list it at the end',
      fallback: false as boolean,
    },
    fixed: {
      flags: '--fixed',
      description: 'read all elements at the first address, as for a FIFO',
      fallback: false as boolean,
    },
    collapse: {
      flags: '--no-collapse',
      description: 'print repeated rows instead of a *',
      fallback: true as boolean,
    },
  },
  meanings: { quiet: 'print the values of every row, and nothing else' },
  examples: [
    ['dump 0x09000000..+4k', 'a hex view, 32 bits per element'],
    ['dump 0x40000000..+256 --width 8', 'byte by byte'],
    ['dump pci:0000:00:04.0/bar0', 'a whole BAR; bar0+0x100.. is the rest of it'],
    ['dump 0x40000000..+1M -o ram.bin', 'raw bytes to a file'],
    ['dump 0x40000000..+1G --keep-going -o ram.bin', 'without what cannot be read'],
    ['dump 0x10000028..+64k --fixed -o fifo.bin', '16384 loads of one address'],
    ['dump 0x40000000..+1M -o - | sha256sum', 'raw bytes to another program'],
  ],
  notes: [
    'A place alone means everything from there to its end: a BAR, a file, a region of a device ' +
      'tree. For an address, which has no end, 256 bytes are shown. --fixed needs a range, which says how often. A regular file is read with 16 or 8 ' +
      'bits per element where its length is not a multiple of 32 bits, unless --width says otherwise.',
    'Every element is read once, with one access of --width bits. Bytes go to files as they lie in ' +
      'memory, whatever --endian says. At the first access that fails the dump stops (exit 1) and ' +
      'says how far it got; a partial file is kept.',
    'With --keep-going an element that fails is passed over instead, and where the kernel maps ' +
      'nothing the rest of the page (4 KiB). In the file that is a hole, which reads as zeros: the ' +
      'list of what is missing, on stderr, is part of the result. Exit 1 when anything is missing.',
  ],
  severally: {
    prints: 'at its end',
    refuses: (_, { output }) => (output === undefined ? undefined : '--output is for one target'),
  },
  inBatches: true,
  async run(context, args, options) {
    const text = one(args, 0)
    const extent = parseExtent(text, parseRangeOrPlace, context)
    const { json } = context.settings
    const { fixed } = options
    const free = !fixed && isFreeWidth(context.settings, extent.place)
    const width = free ? undefined : context.settings.width
    if (width !== undefined) isBytewise(extent.place, width, context)
    if (options.output === '-' && (options.keepGoing || json)) {
      const what = options.keepGoing
        ? '--keep-going needs a file'
        : '--json prints on standard output, too'
      throw new RequestError('EUSAGE', `${what}: leave it out, or -o -`)
    }
    if (options.fixed && options.keepGoing) {
      const message = '--keep-going skips a place, but --fixed stays at it: leave out one of them'
      throw new RequestError('EUSAGE', message)
    }
    checkExtent(extent, { width, text })
    const machine = await context.machine('read', [extent.place])
    // What is stored, or is read again and again, is as long as somebody says.
    const otherwise = fixed || options.output !== undefined ? {} : { otherwise: SHOWN_BYTES }
    if (fixed && extent.kind === 'place') {
      const why = '--fixed reads the place as often as a range says, '
      throw malformed(text, 'a range', `${why}${expectedRange(extent.place)}`)
    }
    const range = await bounded(extent, machine, { width, text, ...otherwise })
    if (free) fitWidth(context, text, range, options)
    const stretch = await locateStretch(machine, range.place, range.length, {
      fixed,
      width: context.settings.width,
    })
    // Before a file is made: Ctrl-C says what became of it.
    const signal = context.io.interrupted()
    const sink = openSink(context, stretch, options)
    const { quiet } = context.settings
    const toFile = sink instanceof FileSink && !quiet
    const progress = new Progress(context.io.stderr, stretch.length, toFile)
    const { gaps, error } = await pump(stretch, sink, {
      ...{ signal, width: context.settings.width, blanks: context.blanks },
      keepGoing: options.keepGoing,
      onProgress: (bytes) => progress.update(bytes),
      onEnd: () => progress.end(),
    })
    recordFile(context, stretch, sink, gaps)
    if (error !== undefined) throw error
    context.done = sink.fate()
    return report(context, stretch, sink, gaps)
  },
})

/** Reads a file whose length is no matter as wide as it can be; says so where the width is seen. */
function fitWidth(
  context: Context,
  text: string,
  { place, length }: Range,
  { output }: DumpOptions,
): void {
  const { width, json } = context.settings
  const fitting = fittingWidth(context, width, length, place)
  if (fitting === width) return
  context.useWidth(fitting)
  if (json || output !== undefined) return
  context.note(
    `${text} is shown with ${fitting} bits per element: its length is not a multiple of ${width} bits`,
  )
}

function openSink(context: Context, stretch: Stretch, options: DumpOptions): Sink {
  const { output, keepGoing, collapse } = options
  if (output === '-') return new RawSink(context)
  const { place, memory, length, fixed } = stretch
  const address = shownAddress(memory, stretch.address)
  const range = { place: formatRange({ place, length }), address, length }
  const head = fixed ? { ...range, fixed } : range
  if (output === undefined) {
    if (!context.settings.json) return new HexSink(context, stretch, collapse)
    return new JsonSink(context, stretch, { ...head, width: context.settings.width })
  }
  context.record<DumpDocument>({ ...head, width: context.settings.width, file: output })
  return new FileSink(output, stretch, keepGoing)
}

function recordFile(context: Context, stretch: Stretch, sink: Sink, gaps: readonly Gap[]): void {
  if (!(sink instanceof FileSink)) return
  const missing = gaps.map((gap) => gapToJson(gap, stretch))
  context.record<DumpDocument>({ bytes: sink.written, missing })
}

function report(context: Context, stretch: Stretch, sink: Sink, gaps: readonly Gap[]): 0 | 1 {
  const { json, quiet } = context.settings
  if (sink instanceof FileSink && !json && !quiet) {
    context.print(
      `${counted(sink.written, 'byte')} from ${showPlace(stretch.place)} ${sink.whereabouts}`,
    )
  }
  if (gaps.length === 0) return 0
  const missing = gaps.reduce((sum, gap) => sum + gap.length, 0)
  const where =
    sink instanceof FileSink ? `; in ${sink.path} they are holes, which read as zeros` : ''
  context.complain(
    `${showSize(missing)} ${were(missing)} not read and ${are(missing)} missing${where}`,
  )
  for (const { offset, length, reason } of gaps) {
    const from = placeAt(stretch.place, offset)
    context.io.stderr.write(`  ${showPlace(from)}..+0x${length.toString(16)}  ${reason}\n`)
  }
  return 1
}
