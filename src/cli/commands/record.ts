import { RequestError } from '../../base/errors.ts'
import type { Width } from '../../base/width.ts'
import { placeInMemory, type Whereabouts } from '../../device/register.ts'
import type { Session } from '../../device/session.ts'
import { type Settled, settled } from '../../device/settle.ts'
import type { Location } from '../../machine/machine.ts'
import type { SamplingEnd } from '../../memory/sampling.ts'
import { refuseBareNumbers } from '../../operate/bare-number.ts'
import type { Locator } from '../../operate/locator.ts'
import { Csv } from '../../operate/record/csv.ts'
import { JsonLines } from '../../operate/record/json-lines.ts'
import { FormattedRecorder, Recording } from '../../operate/record/recording.ts'
import type { SampleFormat } from '../../operate/record/signal.ts'
import { Vcd } from '../../operate/record/vcd.ts'
import { shownAddress } from '../../operate/shown-address.ts'
import { TextFile } from '../../operate/text-file.ts'
import { toJson } from '../../report/json.ts'
import type { RecordDocument, RecordEnd } from '../../report/record.ts'
import type { Base } from '../../text/base.ts'
import { counted, were } from '../../text/count.ts'
import { defineCommand, several } from '../frame/command.ts'
import type { Context } from '../frame/context.ts'
import { sharedOptions } from '../frame/options.ts'
import { parseCount, parseInterval } from '../frame/parsers.ts'
import { outputPath } from '../frame/paths.ts'
import { version } from '../frame/version.ts'
import { SampleText } from '../views/format/samples.ts'
import { showValue } from '../views/format/value.ts'
import { refuseForPlaces } from './named/for-places.ts'
import { openSession } from './named/session.ts'
import {
  parsePlaces,
  parseWhen,
  type RecordedOptions,
  type When,
  wantedRegisters,
  wantedTrigger,
} from './snapshots/recorded.ts'

const duration = (flags: string, description: string) => ({
  flags,
  description,
  parse: parseInterval,
  fallback: undefined as number | undefined,
})

const file = (flags: string, description: string) => ({
  flags,
  description,
  parse: outputPath,
  fallback: undefined as string | undefined,
  completes: 'file' as const,
})

interface Options extends RecordedOptions {
  vcd: string | undefined
  csv: string | undefined
  jsonl: string | undefined
  for: number | undefined
  period: number | undefined
  count: number | undefined
  onChange: boolean
  when: When | undefined
  base: Base
}

export default defineCommand({
  arguments: [
    {
      name: 'place',
      needed: true,
      several: true,
      description: 'places, places with bits (:5, :7:4), or names of registers, in one memory',
      completes: 'place',
      parse: parsePlaces,
    },
  ],
  options: {
    vcd: file('--vcd <file>', 'write a waveform, for GTKWave or Surfer; - is standard output'),
    csv: file('--csv <file>', 'write a table; - is standard output'),
    jsonl: file('--jsonl <file>', 'write one JSON document per line; - is standard output'),
    for: duration('--for <duration>', 'how long: 500us, 50ms, 5s; by default until Ctrl-C'),
    period: duration(
      '--period <duration>',
      'from the start of one sample to the start of the next; by default as fast as possible',
    ),
    count: {
      flags: '-n, --count <number>',
      description: 'end after this many samples are kept',
      parse: parseCount,
      fallback: undefined as number | undefined,
    },
    onChange: {
      flags: '--on-change',
      description: 'keep only samples that differ from the one before, as --vcd alone does',
      fallback: false as boolean,
    },
    when: {
      flags: '--when <condition>',
      description: 'keep nothing before PLACE[:BITS]=VALUE, or != (in quotes)',
      parse: parseWhen,
      completes: 'place',
      fallback: undefined as When | undefined,
    },
    base: sharedOptions.base,
    chip: sharedOptions.chip,
    board: sharedOptions.board,
    force: sharedOptions.force,
  },
  meanings: {
    json: 'print one JSON document per line, the last of which says how it ended',
    quiet: 'print values only, one line per sample',
  },
  examples: [
    ['record 0x09000018 --on-change --for 5s', 'a line a change'],
    ['record 0x09000018:4 0x09030000 --vcd out.vcd --period 1ms --for 5s', 'a waveform'],
    ['record UART0.FR GPIO.DATA --vcd out.vcd --when UART0.FR:BUSY=1', 'with one signal per field'],
    ['record 0x1000000c --csv out.csv --when 0x1000000c:0=1 --count 1000', 'from a trigger on'],
  ],
  notes: [
    'Each sample reads each place once, in the order given. Reading can have an effect: a FIFO or a ' +
      'read-to-clear register is changed by every sample. The times are those of the clock that runs ' +
      'from the start, in nanoseconds, read before the first load of a sample.',
    'On this machine a separate thread takes the samples. Those that are lost because ' +
      'the file is not written fast enough are counted, and their place is marked. Exit 3 when --when ' +
      'was never met.',
  ],
  severally: {
    prints: 'at once',
    refuses: (_, { vcd, csv, jsonl }) =>
      (vcd ?? csv ?? jsonl) === undefined ? undefined : 'a file is of one target',
  },
  inBatches: 'it may go on until Ctrl-C',
  async run(context, args, options) {
    const { settings } = context
    const texts = [...new Set(several(args, 0))]
    const asked = texts.map((text) => parsePlaces(text))
    refuseBareNumbers(texts, asked)
    refuseOutputs(options, settings)
    const { when } = options
    const byPlace = [...asked, ...(when ? [when] : [])].flatMap((one) =>
      'place' in one ? [one.place] : [],
    )
    if (byPlace.length === 0) refuseForPlaces(settings)
    const described: { session?: Promise<Session> } = {}
    const open = () => {
      described.session ??= openSession(context, options)
      return described.session
    }
    const wanted = await wantedRegisters(context, asked, options, open)
    const trigger = when && (await wantedTrigger(context, when, options, open))
    const descriptions = (await described.session)?.files ?? []
    const triggers = trigger ? [trigger] : []
    const places = [...wanted, ...triggers].map(placeInMemory)
    const machine = await context.machine('read', places, byPlace)
    const [first] = await locatedAll(machine, triggers)
    const recording = new Recording(await locatedAll(machine, wanted), first)
    context.jsonStyle = 'lines'
    const files: TextFile[] = []
    try {
      return await record(context, recording, options, { files, descriptions })
    } finally {
      for (const one of files) one.close()
    }
  },
})

/** The files that are written, and those that are not to be. */
interface Written {
  files: TextFile[]
  descriptions: readonly string[]
}

/** The same where they are on a machine: see `settled`. */
async function locatedAll<T extends Whereabouts & { width: Width }>(
  machine: Locator,
  all: readonly T[],
): Promise<(Settled<T> & Location)[]> {
  const found: (Settled<T> & Location)[] = []
  for (const one of await settled(machine, all)) {
    found.push({ ...one, ...(await machine.locate(one.place, one.width / 8)) })
  }
  return found
}

async function record(
  context: Context,
  recording: Recording,
  options: Options,
  written: Written,
): Promise<0 | 3> {
  const { json, quiet } = context.settings
  const { files } = written
  const outputs = outputsOf(context, recording, options, written)
  const recorder = new FormattedRecorder(outputs)
  const seen = { first: true }
  const signal = context.io.interrupted()
  const { for: durationUs, period: periodUs, count } = options
  const onChange = options.onChange || holdsChangesOnly(options, context.settings)
  const pace = {
    ...(durationUs === undefined ? {} : { durationUs }),
    ...(periodUs === undefined ? {} : { periodUs }),
    ...(count === undefined ? {} : { count }),
  }
  const end = await recording
    .run(
      { ...pace, onChange, signal },
      {
        sample: (atNs, values) => {
          if (seen.first) {
            for (const [index, read] of recording.reads.entries()) {
              const address = shownAddress(recording.memory, read.address)
              context.blanks.saw([{ ...read, address, value: values[index] ?? 0 }])
            }
          }
          seen.first = false
          recorder.sample(atNs, values)
        },
        lost: (atNs, number) => recorder.lost(atNs, number),
        settle: () => recorder.settle(),
      },
    )
    .finally(() => recorder.settle())
  recorder.end(end.lastNs)
  const paths = files.map(({ path }) => path)
  if (json) context.printJson<RecordDocument>(toEnd(end, paths))
  else tellEnd(context, end, paths, [options.vcd, options.csv, options.jsonl].includes('-'))
  const unmet = options.when !== undefined && end.kept === 0
  if (unmet && !json) {
    context.complain('--when was not met: nothing was kept')
  }
  if (!quiet && !json && end.missed > 0) {
    context.note(`${counted(end.missed, 'period')} of --period passed without a sample`)
  }
  return unmet ? 3 : 0
}

/** A waveform alone has no more than changes: at full speed, what is the same is not kept for it. */
function holdsChangesOnly(
  { vcd, csv, jsonl, period, count }: Options,
  { json }: { json: boolean },
): boolean {
  const others = [csv, jsonl, period, count]
  return vcd !== undefined && !json && others.every((one) => one === undefined)
}

/** What is written, and where. */
function outputsOf(
  context: Context,
  { signals, places }: Recording,
  options: Options,
  { files, descriptions }: Written,
) {
  const { json, quiet } = context.settings
  const { base } = options
  const print = (text: string) => {
    context.console.beforeResult()
    context.io.stdout.write(text)
  }
  const comment = `recorded: ${signals.map(({ column }) => column).join(' ')}`
  const formats: [string | undefined, () => SampleFormat][] = [
    [
      options.vcd,
      () => new Vcd(signals, { date: new Date(), version: `physmem ${version}`, comment }),
    ],
    [options.csv, () => new Csv(signals, (value, width) => showValue(value, width, base))],
    [options.jsonl, () => new JsonLines(signals, toJson)],
  ]
  const outputs = []
  for (const [path, make] of formats) {
    if (path === undefined) continue
    if (path === '-') outputs.push({ format: make(), write: print })
    else {
      const one = new TextFile(path, { places, descriptions, others: files })
      files.push(one)
      outputs.push({ format: make(), write: (text: string) => one.write(text) })
    }
  }
  if (outputs.length === 0 || (json && files.length === 0)) {
    const lines = new JsonLines(signals, (document) => toJson({ ...context.head, ...document }))
    const format = json ? lines : new SampleText(signals, { base, quiet })
    outputs.push({ format, write: print })
  }
  return outputs
}

function toEnd({ taken, kept, lost, missed, lastNs }: SamplingEnd, files: string[]): RecordEnd {
  return { taken, kept, lost, missed, lastNs, ...(files.length > 0 ? { files } : {}) }
}

/** What was stored is printed, where standard output has no samples. */
function tellEnd(
  context: Context,
  { taken, kept, lost }: SamplingEnd,
  files: string[],
  isPiped: boolean,
): void {
  const where = files.length > 0 ? ` in ${files.join(', ')}` : ''
  const of = kept === taken ? '' : `${kept} of `
  const stored = `${of}${counted(taken, 'sample')}${where}`
  if (isPiped || files.length === 0) context.note(stored)
  else if (!context.settings.quiet) context.print(stored)
  if (lost === 0) return
  const much = `${counted(lost, 'sample')} ${were(lost)} lost, where marked`
  context.note(`${much}: they came faster than they could be written (--period, --on-change)`)
}

/** Throws EUSAGE where several things would stand on standard output. */
function refuseOutputs({ vcd, csv, jsonl }: Options, { json }: { json: boolean }): void {
  const names = Object.entries({ vcd, csv, jsonl }).filter(([, path]) => path === '-')
  const [[first] = [], [second] = []] = names
  if (first === undefined) return
  const other = second === undefined ? json && '--json' : `--${second} -`
  if (!other) return
  const message = `--${first} - and ${other} both print on standard output: choose one`
  throw new RequestError('EUSAGE', message)
}
