import type { Channel } from '../channel.ts'
import { connectionError } from '../errors.ts'
import { GatheredBytes } from '../gathered-bytes.ts'
import { afterMark } from '../hello.ts'
import { saidFirst, saidLast } from '../said.ts'
import { restOf } from './rest-of.ts'

/** What a board's shell is asked, and by what its answer begins. */
export const WORD = 'physmem-agent:'

/** An answer of the shell. */
export interface Said {
  word: string
  rest: string
}

/** Text before an answer: a banner of a shell, and no flood. */
const MOST_NOISE = 256 * 1024

/** What is kept of its start, of which a line is shown. */
const SHOWN_BYTES = 400

const SHELL =
  'name a program that runs a shell there (sh is given behind it), without the agent: that is brought'

/** The lines that begin with the word; other text, such as a banner, is passed over. */
export class Answers {
  readonly #channel: Channel
  readonly #limitMs: number
  readonly #came = new GatheredBytes()
  /** Bytes since the last answer. */
  #noise = 0
  /** Of these the first, and the last that end a line. */
  #first: Uint8Array = new Uint8Array(0)
  #last: Uint8Array = new Uint8Array(0)
  /** Lines that were sent: a terminal, or what is no shell at all, may repeat them. */
  #sent = new Set<string>()
  #isRepeated = false
  #wake = (): void => {}
  #end: { why: string; cure?: string | undefined } | undefined

  constructor(channel: Channel, limitMs: number) {
    this.#channel = channel
    this.#limitMs = limitMs
    channel.take((bytes) => {
      // Who is sent away may send on until it is gone.
      if (this.#end !== undefined) return
      this.#came.add(bytes)
      if (this.#noise === 0) this.#first = bytes.slice(0, SHOWN_BYTES)
      this.#noise += bytes.length
      if (this.#noise > MOST_NOISE) {
        this.#finish(`too much came that is no answer of a shell${saidFirst(this.#first)}`)
      }
      if (afterMark(this.#came.bytes)) this.#finish('an agent serves there, and no shell', SHELL)
      this.#wake()
    })
    void channel.ended.then((why) => this.#finish(`${why}${this.#said()}`))
  }

  /** Has the shell run a script. */
  ask(script: string): void {
    this.#sent = new Set(script.split('\n'))
    this.#channel.write(new TextEncoder().encode(script))
  }

  async next(): Promise<Said> {
    this.#noise = 0
    this.#last = new Uint8Array(0)
    const late = `its shell does not answer within ${this.#limitMs / 1000} s`
    const timer = setTimeout(() => this.#finish(`${late}${this.#said()}`), this.#limitMs)
    try {
      for (;;) {
        const said = this.#takeLine()
        if (said) return said
        if (this.#end !== undefined) {
          throw connectionError(this.#channel.name, this.#end.why, this.#end.cure)
        }
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
      }
    } finally {
      clearTimeout(timer)
    }
  }

  /** The channel from here on: what came behind the last answer comes first. */
  rest(): Channel {
    return restOf(this.#channel, this.#came)
  }

  #takeLine(): Said | undefined {
    const lineEnd = () => this.#came.bytes.indexOf(10)
    for (let end = lineEnd(); end >= 0; end = lineEnd()) {
      const bytes = this.#came.bytes.slice(0, end)
      const line = new TextDecoder('latin1').decode(bytes)
      this.#came.drop(end + 1)
      if (!line.startsWith(WORD)) {
        const text = line.trimEnd()
        if (this.#sent.has(text)) this.#isRepeated = true
        else if (text !== '') this.#last = bytes
        continue
      }
      const [word = '', ...rest] = line.slice(WORD.length).trim().split(' ')
      return { word, rest: rest.join(' ') }
    }
    return undefined
  }

  /** What was said last in place of an answer. */
  #said(): string {
    const said = saidLast(this.#came.bytes) || saidLast(this.#last)
    return said || (this.#isRepeated ? '; it repeats what it is sent' : '')
  }

  #finish(why: string, cure?: string): void {
    this.#end ??= { why, cure }
    this.#wake()
  }
}
