import { PhysmemError, RequestError } from '../../base/errors.ts'
import { retell } from '../../base/retell.ts'
import { nameOfMemory } from '../../machine/local/resolve/mapped.ts'
import { chunksOf, foreseeBlocks, prepareBlocks, runBlock } from '../../operate/block.ts'
import { isBytewise } from '../../operate/element.ts'
import { bounded, checkExtent } from '../../operate/extent.ts'
import { withProgress } from '../../operate/failure.ts'
import { isSamePath } from '../../operate/files.ts'
import { fittingWidth, isFreeWidth } from '../../operate/fit.ts'
import { accessOf, locateStretch, type Stretch } from '../../operate/resolve.ts'
import { addressOfUnfound, shownAddress } from '../../operate/shown-address.ts'
import { placeAt, showPlace } from '../../place/at.ts'
import { formatPlace, formatRange, parsePlace, parseRangeOrPlace } from '../../place/index.ts'
import type { Place } from '../../place/schemes/index.ts'
import type { CopyDocument } from '../../report/copy.ts'
import { are, counted } from '../../text/count.ts'
import { defineCommand, one } from '../frame/command.ts'
import type { Context } from '../frame/context.ts'
import { sharedOptions } from '../frame/options.ts'
import { Progress } from '../views/format/progress.ts'

export default defineCommand({
  arguments: [
    {
      name: 'range|place',
      needed: true,
      description: 'what is copied: A..B, A..+LENGTH, A.., or a place that has an end',
      completes: 'place',
      parse: parseRangeOrPlace,
    },
    {
      name: 'place',
      needed: true,
      description: 'where the first byte goes',
      completes: 'place',
      parse: parsePlace,
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
      'read.',
  ],
  refuses: ['endian'],
  async run(context, args, options) {
    const { json, quiet } = context.settings
    const text = one(args, 0)
    const extent = parseRangeOrPlace(text)
    const to = sameFileAs(extent.place, parsePlace(one(args, 1)))
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
    const inside = memoryOf(from, context.root) === memoryOf(to, context.root)
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
    const destination = await locateStretch(target, to, length).catch((error: unknown) => {
      throw adviseNewFile(error, to)
    })
    record({ from: source, to: destination })
    const ahead = inside ? distance(source, destination) : undefined
    if (ahead === 0n) throw ontoItself(from)
    context.blanks.ask(accessOf(destination))
    if (options.dryRun) {
      await foreseeBlocks(source, width, 'read')
      await foreseeBlocks(destination, width, 'write')
      context.blanks.ask(accessOf(source))
      const count = (length * 8) / width
      const what = `${counted(length, 'byte')} from ${showPlace(from)} to ${showPlace(to)}`
      if (!json)
        context.print(
          `would copy ${what} (${counted(count, 'load')} and ${counted(count, 'store')} of ${width} bits)`,
        )
      return 0
    }
    await move(context, source, destination, ahead)
    if (!json && !quiet) {
      context.print(
        `${counted(length, 'byte')} from ${showPlace(from)} ${are(length)} at ${showPlace(to)}`,
      )
    }
    return 0
  },
})

/** One end of a copy; the address as far as it is known. */
function sideToJson(text: string, place: Place, found: Stretch | undefined) {
  const address = found ? shownAddress(found.memory, found.address) : addressOfUnfound(place)
  return { place: text, address }
}

/** How far the second is behind the first, which are in one memory, or in pieces of one. */
function distance(first: Stretch, second: Stretch): bigint {
  const at = ({ memory, address }: Stretch) => memory.origin + BigInt(address)
  return at(second) - at(first)
}

/** `ahead` is how far the destination is behind the source, where they are in one memory. */
async function move(
  context: Context,
  source: Stretch,
  destination: Stretch,
  ahead: bigint | undefined,
): Promise<void> {
  const { width, quiet } = context.settings
  const { length } = source
  const backwards = ahead !== undefined && ahead > 0n && ahead < BigInt(length)
  const signal = context.io.interrupted()
  const progress = new Progress(context.io.stderr, length, !quiet)
  const address = shownAddress(source.memory, source.address)
  const seen = context.blanks.follow({ place: source.place, address })
  let copied = 0
  try {
    await prepareBlocks(source, width, 'read')
    await prepareBlocks(destination, width, 'write')
  } catch (error) {
    progress.end()
    context.record<CopyDocument>({ bytes: 0 })
    throw withProgress(error, `wrote 0 of ${counted(length, 'byte')}`)
  }
  for (const { offset, bytes } of chunksOf(length, { backwards })) {
    const count = (bytes * 8) / width
    const read = { op: 'readBlock', address: offset, width, count } as const
    const loaded = await runBlock(source, read, signal)
    const data = loaded.error === undefined ? loaded.results?.bytes(0) : undefined
    if (data) seen(data)
    const write = data && ({ op: 'writeBlock', address: offset, width, data } as const)
    const stored = write && (await runBlock(destination, write, signal))
    const error = loaded.error ?? stored?.error
    if (error !== undefined) {
      progress.end()
      const partly = { copied, backwards, offset, partial: stored?.bytesDone ?? 0 }
      context.record<CopyDocument>({ bytes: copied + partly.partial })
      throw withProgress(error, describe(destination, partly))
    }
    copied += bytes
    progress.update(copied)
  }
  progress.end()
  context.done = `wrote ${length} of ${counted(length, 'byte')}`
  context.record<CopyDocument>({ bytes: length })
}

/** What of the destination holds the copy: its end when it runs backwards, and a part of a chunk. */
function describe(
  { place, length }: Stretch,
  {
    copied,
    backwards,
    offset,
    partial,
  }: Record<'copied' | 'offset' | 'partial', number> & {
    backwards: boolean
  },
): string {
  const range = (start: number, bytes: number) =>
    formatRange({ place: placeAt(place, start), length: bytes })
  const parts = backwards
    ? [
        ...(partial ? [range(offset, partial)] : []),
        ...(copied ? [range(length - copied, copied)] : []),
      ]
    : copied + partial > 0
      ? [range(0, copied + partial)]
      : []
  const where = parts.length === 0 ? '' : ` (${parts.join(' and ')})`
  return `wrote ${copied + partial} of ${counted(length, 'byte')}${where}`
}

/** What the memory of a place is called: two places with the same name may overlap. */
function memoryOf(place: Place, root: string): string {
  switch (place.scheme) {
    case 'address':
    case 'iomem':
    case 'dt':
    case 'dtb':
      return 'physical'
    case 'pid':
      return `pid:${place.pid}`
    case 'kernel':
    case 'port':
      return place.scheme
    default:
      return nameOfMemory(place, root)
  }
}

function ontoItself(place: Place): RequestError {
  return new RequestError('EUSAGE', `${showPlace(place)} would be copied onto itself`)
}

/** The second place, by the name that the first has for the file when it is the same file. */
function sameFileAs(first: Place, second: Place): Place {
  if (first.scheme !== 'file' || second.scheme !== 'file') return second
  return isSamePath(first.path, second.path) ? { ...second, path: first.path } : second
}

function adviseNewFile(error: unknown, { scheme }: Place): unknown {
  if (scheme !== 'file' || !(error instanceof PhysmemError) || error.code !== 'ENOPLACE')
    return error
  return retell(error, { message: `${error.message}; dump -o makes one` })
}
