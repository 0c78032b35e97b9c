import type { Endian } from '../../base/endian.ts'
import { RequestError } from '../../base/errors.ts'
import type { Value, Width } from '../../base/width.ts'
import { checkBounds } from '../../memory/bounds.ts'
import type { Memory } from '../../memory/memory.ts'
import { Program } from '../../memory/program.ts'
import {
  isLost,
  type SampleOptions,
  type SampleRecord,
  type SampleTrigger,
  type SamplingEnd,
} from '../../memory/sampling.ts'
import { formatPlace } from '../../place/place.ts'
import type { Place } from '../../place/schemes/index.ts'
import { distinct } from '../../text/distinct.ts'
import { ordered } from '../element.ts'
import { tellOfPlace } from '../failure.ts'
import type { SampleFormat, Signal } from './signal.ts'

/** A register that was found, and what of it is recorded. */
export interface RecordedRegister {
  place: Place
  /** What a register that is asked for by name is called. */
  name?: string
  memory: Memory
  address: number
  width: Width
  endian: Endian
  /** None for one that only triggers. */
  signals: readonly Omit<Signal, 'read' | 'of'>[]
}

/** What begins a recording: a register, and what its bits are to be. */
export interface RecordedTrigger extends Omit<RecordedRegister, 'signals'> {
  mask: Value
  equals: Value
  negate: boolean
}

export interface RecordOptions
  extends Pick<SampleOptions, 'periodUs' | 'durationUs' | 'count' | 'signal'> {
  /** Keeps only samples in which a signal differs from the sample before. */
  onChange: boolean
}

interface Read extends Omit<RecordedRegister, 'signals'> {
  mask: bigint
}

/** Who gets what was sampled, in the order of bytes that a person means. */
export interface Recorder {
  sample(atNs: number, values: readonly Value[]): void
  lost(atNs: number, count: number): void
  /** Behind some of these: what was made of them is written, and there is time. */
  settle(): Promise<void> | void
}

/** The registers of one memory that are sampled together. Each is read once a sample. */
export class Recording {
  readonly memory: Memory
  readonly signals: readonly Signal[]
  readonly reads: readonly Read[]
  readonly #program: Program
  readonly #trigger: SampleTrigger | undefined

  /**
   * Throws EUSAGE for registers of several memories, and a RequestError for what cannot be read.
   * Nothing is accessed.
   */
  constructor(registers: readonly RecordedRegister[], trigger?: RecordedTrigger) {
    const reads: Read[] = []
    const signals: Signal[] = []
    for (const register of registers) {
      const read = indexOf(reads, register)
      const { width: of } = register
      for (const signal of register.signals) {
        signals.push({ ...signal, read, of })
        const bits = ((1n << BigInt(signal.width)) - 1n) << BigInt(signal.lsb)
        const one = reads[read] as Read
        one.mask |= bits
      }
    }
    this.#trigger = trigger && {
      read: indexOf(reads, trigger),
      mask: ordered(trigger.mask, trigger.width, trigger.endian),
      equals: ordered(trigger.equals, trigger.width, trigger.endian),
      negate: trigger.negate,
    }
    this.memory = onlyMemory(reads)
    // What a description gives one name twice is recorded twice.
    const columns = distinct(signals.map(({ column }) => column))
    this.signals = signals.map((one, index) => ({ ...one, column: columns[index] ?? one.column }))
    this.reads = reads
    this.#program = this.#telling(() => {
      const steps = reads.map(({ address, width }) => ({ op: 'read' as const, address, width }))
      const program = new Program(steps, this.memory.misalignment)
      checkBounds(program, this.memory.name, this.memory.length)
      return program
    })
  }

  get places(): Place[] {
    return this.reads.map(({ place }) => place)
  }

  /** Samples until it is over, or `signal` says so. Rejects where a read fails, with all before it. */
  async run(options: RecordOptions, recorder: Recorder): Promise<SamplingEnd> {
    const { onChange, ...pace } = options
    const trigger = this.#trigger
    const masks = this.reads.map(({ mask, width, endian }) =>
      ordered(width === 64 ? mask : Number(mask), width, endian),
    )
    let own: unknown
    const take = async (records: readonly SampleRecord[]) => {
      try {
        for (const record of records) this.#hand(record, recorder)
        await recorder.settle()
      } catch (error) {
        own = error
        throw error
      }
    }
    const asked = { ...pace, ...(trigger && { trigger }), ...(onChange && { masks }) }
    try {
      return await this.memory.sample(this.#program, asked, take)
    } catch (error) {
      throw error === own ? error : this.#told(error)
    }
  }

  #hand(record: SampleRecord, recorder: Recorder): void {
    if (isLost(record)) {
      recorder.lost(record.atNs, record.lost)
      return
    }
    const values = record.values.map((value, index) => {
      const { width, endian } = this.reads[index] as Read
      return ordered(value, width, endian)
    })
    recorder.sample(record.atNs, values)
  }

  #telling<T>(act: () => T): T {
    try {
      return act()
    } catch (error) {
      throw this.#told(error)
    }
  }

  /** In the words of the place that failed. */
  #told(error: unknown): unknown {
    const step = (error as { data?: { step?: number } }).data?.step ?? 0
    const read = this.reads[step]
    return read === undefined ? error : tellOfPlace(error, read.place, read, false, read.name)
  }
}

/** Formats what comes, and writes it where it goes, some of it at a time. */
export class FormattedRecorder implements Recorder {
  readonly #outputs: { format: SampleFormat; write: (text: string) => void; text: string }[]
  #begun = false

  constructor(outputs: readonly { format: SampleFormat; write: (text: string) => void }[]) {
    this.#outputs = outputs.map((output) => ({ ...output, text: '' }))
  }

  sample(atNs: number, values: readonly Value[]): void {
    this.#add((format) => format.sample(atNs, values))
  }

  lost(atNs: number, count: number): void {
    this.#add((format) => format.lost(atNs, count))
  }

  settle(): void {
    this.#add(() => '')
    for (const output of this.#outputs) {
      if (output.text !== '') output.write(output.text)
      output.text = ''
    }
  }

  end(atNs: number): void {
    this.#add((format) => format.end(atNs))
    this.settle()
  }

  #add(make: (format: SampleFormat) => string): void {
    for (const output of this.#outputs) {
      if (!this.#begun) output.text += output.format.head()
      output.text += make(output.format)
    }
    this.#begun = true
  }
}

/** Which read this is: the same element is read once. */
function indexOf(reads: Read[], wanted: Omit<RecordedRegister, 'signals'>): number {
  const { memory, address, width, place, endian, name } = wanted
  const found = reads.findIndex(
    (read) => read.memory === memory && read.address === address && read.width === width,
  )
  if (found >= 0) return found
  const named = name === undefined ? {} : { name }
  return reads.push({ place, ...named, memory, address, width, endian, mask: 0n }) - 1
}

function onlyMemory(reads: readonly Read[]): Memory {
  const first = reads[0] as Read
  const other = reads.find(({ memory }) => memory !== first.memory)
  if (other === undefined) return first.memory
  const [one, two] = [first, other].map(({ place }) => formatPlace(place))
  const message = `${one} and ${two} are in different memories: a sample is taken in one, record them apart`
  throw new RequestError('EUSAGE', message)
}
