import { RequestError } from '../../base/errors.ts'
import { foreseeBlocks } from '../../operate/block.ts'
import { compareStreams, fileStream } from '../../operate/compare.ts'
import { checkWhole, isBytewise } from '../../operate/element.ts'
import { withProgress } from '../../operate/failure.ts'
import { BytesInput, type Input, openInput } from '../../operate/files.ts'
import { accessOf, locateStretch, type Stretch } from '../../operate/resolve.ts'
import { addressToldBy, shownAddress } from '../../operate/shown-address.ts'
import { storeInput } from '../../operate/storing.ts'
import { readStream } from '../../operate/stream.ts'
import { showPlace } from '../../place/at.ts'
import { formatPlace } from '../../place/index.ts'
import { parseStart } from '../../place/range.ts'
import type { LoadDocument } from '../../report/load.ts'
import { are, counted } from '../../text/count.ts'
import { fitting } from '../../text/suggest.ts'
import { defineCommand, one } from '../frame/command.ts'
import type { Context } from '../frame/context.ts'
import { sharedOptions } from '../frame/options.ts'
import { filePath } from '../frame/paths.ts'
import { storesInFile } from '../frame/several/one-file.ts'
import { reportDifferences } from '../views/format/differences.ts'
import { Progress } from '../views/format/progress.ts'

export default defineCommand({
  arguments: [
    {
      name: 'place',
      needed: true,
      description: 'where the first byte goes',
      completes: { place: 'stretch' },
      parse: parseStart,
    },
    {
      name: 'file',
      needed: true,
      description: 'a file of raw bytes, or - for standard input',
      orInput: true,
      completes: 'file',
      parse: filePath,
    },
  ],
  options: {
    fixed: {
      flags: '--fixed',
      description: 'store all elements at the first address, as for a FIFO',
      fallback: false as boolean,
    },
    verify: sharedOptions.verify,
    dryRun: sharedOptions.dryRun,
  },
  meanings: { quiet: 'print nothing when all went well' },
  examples: [
    ['load 0x40000000 ram.bin', 'store a file, 32 bits per store'],
    ['load 0x40000000 ram.bin --width 8', 'byte by byte: any length'],
    ['load 0x40000000 ram.bin --verify', 'read it back and compare'],
    ['load 0x40000000 - --width 8', 'what comes through a pipe'],
    ['load 0x10000028 frame.bin --fixed', 'store a file into a FIFO'],
    ['load pci:0000:00:04.0/bar2 image.bin --dry-run', 'only say what would be done'],
  ],
  notes: [
    'The bytes go to memory in the order of the file, each element with one store. The length of the ' +
      'file must be a multiple of the width, or nothing is written. What comes through a pipe is ' +
      'read to its end first, at most 1 GiB.',
  ],
  refuses: ['endian'],
  mayStore: true,
  severally: { prints: 'at its end', refuses: (args) => storesInFile([one(args, 0)]) },
  inBatches: true,
  async run(context, args, options) {
    const { width, json, quiet } = context.settings
    const place = fitting(one(args, 0), parseStart, (start) => {
      isBytewise(start, width, context)
    })
    const path = filePath(one(args, 1))
    const { fixed } = options
    if (fixed && options.verify) {
      const message =
        '--verify cannot read back what --fixed stored at one address: leave out one of them'
      throw new RequestError('EUSAGE', message)
    }
    isBytewise(place, width, context)
    if (path === '-') context.takeInput()
    await context.turn([place])
    const input = path === '-' ? await readInput(context) : await openInput(path)
    try {
      const length = input.length
      if (length === 0) throw new RequestError('ERANGE', `${input.path} is empty`, { file: path })
      checkWhole(length, width, input.path)
      const address = addressToldBy(place)
      context.record<LoadDocument>({
        place: formatPlace(place),
        address,
        length,
        width,
        file: path,
      })
      if (options.dryRun) context.record<LoadDocument>({ dryRun: true })
      const machine = await context.machine('write', [place])
      const stretch = await locateStretch(machine, place, length, { fixed, width })
      context.blanks.ask([accessOf(stretch)])
      context.record<LoadDocument>({ address: shownAddress(stretch.memory, stretch.address) })
      const what = `${counted(length, 'byte')} of ${input.path}`
      if (options.dryRun) {
        await foreseeBlocks(stretch, width, 'write')
        const count = (length * 8) / width
        const stores = `${counted(count, 'store')} of ${width} bits`
        if (!json) context.print(`${what} would be at ${showPlace(place)} (${stores})`)
        return 0
      }
      await store(context, stretch, input)
      if (options.verify && !(await verify(context, stretch, input))) return 3
      if (!json && !quiet) {
        context.print(`${what} ${are(length)} at ${showPlace(place)}`)
      }
      return 0
    } finally {
      await input.close()
    }
  },
})

/** As much as one program may write. */
const MOST_INPUT = 2 ** 30

/** All of standard input: nothing is stored of what then turns out too long. */
async function readInput(context: Context): Promise<Input> {
  const bytes = await context.io.readInput(MOST_INPUT).catch((error) => {
    throw withProgress(error, 'nothing was written')
  })
  return new BytesInput('standard input', bytes)
}

async function store(context: Context, stretch: Stretch, input: Input): Promise<void> {
  const { width, quiet } = context.settings
  const progress = new Progress(context.io.stderr, stretch.length, !quiet)
  const { bytes, error } = await storeInput(stretch, input, {
    ...{ width, signal: context.io.interrupted() },
    onProgress: (done) => progress.update(done),
  })
  progress.end()
  context.record<LoadDocument>({ bytes })
  if (error !== undefined) throw error
  context.done = `wrote ${stretch.length} of ${counted(stretch.length, 'byte')}`
}

async function verify(context: Context, stretch: Stretch, input: Input): Promise<boolean> {
  const { width } = context.settings
  const signal = context.io.interrupted()
  const found = await compareStreams(
    readStream(stretch, { width, signal, blanks: context.blanks }),
    fileStream(input, stretch.length),
    stretch.length,
    { width, max: 8 },
  )
  context.record<LoadDocument>({ verified: found.count === 0 })
  const { place, length } = stretch
  const sides = { place, left: showPlace(place), right: input.path, length }
  reportDifferences(context, found, sides)
  return found.count === 0
}
