import { RequestError } from '../../../base/errors.ts'
import type { Sink } from '../../../operate/dump/sink.ts'
import { addressIn, type Stretch } from '../../../operate/resolve.ts'
import { shownAddress } from '../../../operate/shown-address.ts'
import type { Gap, Piece } from '../../../operate/stream.ts'
import { formatRange } from '../../../place/index.ts'
import {
  type DumpDocument,
  type GapReport,
  gapToJson,
  type PieceReport,
} from '../../../report/dump.ts'
import { errorToJson } from '../../../report/error.ts'
import { toJson } from '../../../report/json.ts'
import { are, counted, were } from '../../../text/count.ts'
import type { Context } from '../../frame/context.ts'
import { UnwritableOutput } from '../../frame/io.ts'
import { ownWords } from '../../frame/own-line.ts'
import { HexView } from '../format/hex-view.ts'

/** Rows of hexadecimal digits on stdout. */
export class HexSink implements Sink {
  readonly #context: Context
  readonly #start: number
  readonly #view: HexView
  /** What the rows are of, where they do not say it themselves. */
  #heading: string
  #shown = 0

  constructor(context: Context, stretch: Stretch, collapse: boolean) {
    const { width, endian, quiet } = context.settings
    // Of one register that is read again and again, what it gave is shown with offsets.
    const start = stretch.fixed ? 0 : stretch.address
    const end = start + stretch.length
    const offsets = stretch.fixed === true
    const { origin } = stretch.memory
    this.#context = context
    this.#start = start
    const plain = stretch.place.scheme === 'address' && !stretch.fixed
    this.#heading = plain || quiet ? '' : `${formatRange(stretch)}\n`
    this.#view = new HexView({
      width,
      endian,
      collapse: collapse && !quiet,
      quiet,
      start,
      end,
      origin,
      offsets,
    })
  }

  write({ offset, bytes }: Piece): void {
    this.#print(this.#view.add(this.#start + offset, bytes))
    this.#shown += bytes.length
  }

  gap({ offset, length, reason }: Gap): void {
    this.#print(this.#view.gap(this.#start + offset, length, reason))
  }

  end(): void {
    this.#print(this.#view.end())
  }

  fate(): string {
    return `${counted(this.#shown, 'byte')} ${are(this.#shown)} shown`
  }

  #print(text: string): void {
    if (text === '') return
    this.#context.io.stdout.write(`${this.#heading}${text}`)
    this.#heading = ''
  }
}

/** Raw bytes on stdout. */
export class RawSink implements Sink {
  readonly #context: Context
  #written = 0

  constructor(context: Context) {
    if (context.io.stdout.isTerminal) {
      throw new RequestError('EUSAGE', 'raw bytes would garble the terminal: name a file with -o')
    }
    this.#context = context
  }

  write({ bytes }: Piece): void {
    try {
      this.#context.io.stdout.write(bytes)
    } catch (error) {
      if (error instanceof UnwritableOutput) this.#written += error.data.bytes ?? 0
      throw error
    }
    this.#written += bytes.length
  }

  gap(): void {
    throw new Error('a stream has no gaps')
  }

  end(): void {}

  fate(): string {
    const count = this.#written
    return `${counted(count, 'byte')} ${were(count)} written to standard output`
  }
}

/** One JSON document, printed piece by piece, since a dump may be larger than memory. */
export class JsonSink implements Sink {
  readonly #context: Context
  readonly #stretch: Stretch
  readonly #missing: GapReport[] = []
  #pieces = 0
  #written = 0

  constructor(context: Context, stretch: Stretch, head: Partial<DumpDocument>) {
    context.jsonStyle = 'own'
    this.#context = context
    this.#stretch = stretch
    const start = toJson({ ...context.head, ...head }).slice(0, -1)
    this.#print(`${start},"pieces":[`)
  }

  write({ offset, bytes }: Piece): void {
    const address = shownAddress(this.#stretch.memory, addressIn(this.#stretch, offset))
    const piece: PieceReport = { address, bytes: bytes.length, data: bytes }
    this.#print(`${this.#pieces++ > 0 ? ',' : ''}${toJson(piece)}`)
    this.#written += bytes.length
  }

  gap(gap: Gap): void {
    this.#missing.push(gapToJson(gap, this.#stretch))
  }

  end(error?: unknown): void {
    const failure =
      error === undefined ? {} : { error: errorToJson(error, ownWords(this.#context.settings)) }
    this.#print(
      `],${toJson({ bytes: this.#written, missing: this.#missing, ...failure }).slice(1)}\n`,
    )
  }

  fate(): string {
    return `${counted(this.#written, 'byte')} ${are(this.#written)} in "pieces"`
  }

  #print(text: string): void {
    this.#context.io.stdout.write(text)
  }
}
