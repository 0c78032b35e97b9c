import type { Value } from '../../../base/width.ts'
import type { ReadElement } from '../../../operate/reading.ts'
import { formatDuration } from '../../../place/index.ts'
import { are, counted, were } from '../../../text/count.ts'
import type { Io, Output } from '../../frame/io.ts'
import type { Key } from '../../frame/keys.ts'
import { shown } from './reading.ts'
import { showElapsed } from './time.ts'
import { operandColumn, showValue } from './value.ts'
import type { WatchFormat, WatchView } from './watch-format.ts'

const HIGHLIGHT = '\x1b[7m'
const PLAIN = '\x1b[0m'

/** For so many looks a change stays marked, the one that met it among them. */
const MARKED_LOOKS = 3

interface Change {
  look: number
  atMs: number
  bits: bigint
}

/** The value of interest: the bits, or the whole. */
export function wanted({ field, value }: ReadElement): Value {
  return field ?? value
}

/**
 * A table that is painted over itself. Where keys can be read it scrolls, pauses and ends by them;
 * while it is paused nothing is read.
 */
export class WatchScreen implements WatchView {
  readonly #out: Output
  readonly #format: WatchFormat
  readonly #closeKeys: (() => void) | undefined
  readonly #ended = new AbortController()
  #last: readonly ReadElement[] = []
  /** By element. */
  readonly #changed: Change[] = []
  /** How often each element changed while it was not on the screen. */
  readonly #unseen = new Map<number, number>()
  #height = 0
  #looks = 0
  /** The first element that is shown. */
  #top = 0
  #goOn: (() => void) | undefined
  #paused: Promise<void> | undefined

  constructor(io: Pick<Io, 'stdout' | 'keys'>, format: WatchFormat) {
    this.#out = io.stdout
    this.#format = format
    this.#closeKeys = io.keys?.((key) => this.#act(key))
  }

  get ended(): AbortSignal {
    return this.#ended.signal
  }

  async whenWanted(): Promise<void> {
    await this.#paused
  }

  show(elements: readonly ReadElement[]): void {
    this.#looks++
    for (const [index, element] of elements.entries()) {
      const old = this.#last[index]
      if (old === undefined || wanted(old) === wanted(element)) continue
      const bits = BigInt(wanted(old)) ^ BigInt(wanted(element))
      this.#changed[index] = { look: this.#looks, atMs: performance.now(), bits }
      if (this.#isShown(index)) continue
      this.#unseen.set(index, (this.#unseen.get(index) ?? 0) + 1)
    }
    this.#last = elements
    this.#paint()
  }

  startBelow(): void {
    this.#height = 0
  }

  close(): void {
    this.#closeKeys?.()
    const changes = [...this.#unseen.values()].reduce((sum, count) => sum + count, 0)
    if (changes === 0) return
    const places = this.#unseen.size
    this.#out.write(
      `${counted(changes, 'change')} ${were(changes)} not seen: ${counted(places, 'place')} ${were(places)} not on the screen then\n`,
    )
  }

  #act(key: Key): void {
    switch (key) {
      case 'q':
        this.#resume()
        this.#ended.abort()
        return
      case 'space':
        if (this.#goOn) this.#resume()
        else {
          this.#paused = new Promise((resolve) => {
            this.#goOn = resolve
          })
        }
        break
      case 'up':
        this.#top--
        break
      case 'down':
        this.#top++
        break
      case 'page up':
        this.#top -= this.#room
        break
      case 'page down':
        this.#top += this.#room
        break
      case 'home':
        this.#top = 0
        break
      case 'end':
        this.#top = this.#last.length
        break
      case 'continued':
        this.#startAnew()
    }
    if (this.#looks > 0) this.#paint()
  }

  /** Others have written to the screen: all of it goes where the terminal keeps what it showed. */
  #startAnew(): void {
    this.#out.write(`${'\n'.repeat(this.#out.rows)}\x1b[H`)
    this.startBelow()
  }

  #resume(): void {
    this.#goOn?.()
    this.#goOn = undefined
    this.#paused = undefined
  }

  /** So many elements fit: the first row is the heading, and the cursor stands in the last. */
  get #room(): number {
    return Math.max(1, this.#out.rows - 2)
  }

  #isShown(index: number): boolean {
    return index >= this.#top && index < this.#top + this.#room
  }

  #paint(): void {
    this.#top = Math.max(0, Math.min(this.#top, this.#last.length - this.#room))
    const rows = this.#last.slice(this.#top, this.#top + this.#room)
    const names = operandColumn(this.#last)
    const lines = [
      this.#heading(rows.length),
      ...rows.map((element, row) =>
        this.#row(names[this.#top + row] ?? '', element, this.#changed[this.#top + row]),
      ),
    ]
    const up = this.#height === 0 ? '' : `\x1b[${this.#height}A\r`
    const columns = this.#out.columns
    const text = lines.map((line) => `${clipLine(line, columns)}\x1b[K\n`).join('')
    // A larger terminal that became smaller has rows of before below.
    this.#out.write(`${up}${text}${lines.length < this.#height ? '\x1b[J' : ''}`)
    this.#height = lines.length
  }

  /** As much as fits: how to end it is said at any width. */
  #heading(rows: number): string {
    const all = this.#last.length
    const look = `look ${this.#looks}`
    const first = this.#top + 1
    const range = `${rows === 1 ? first : `${first} to ${this.#top + rows}`} of ${all}`
    const [which, short] = rows === all ? ['', ''] : [`, ${range} ${are(rows)} shown`, `, ${range}`]
    const every = `every ${formatDuration(this.#format.intervalUs)}, ${look}`
    const shown = this.#goOn ? `paused at ${look}` : every
    if (!this.#closeKeys) {
      const ends = 'Ctrl-C ends'
      return this.#fitting(`${every}${which}; ${ends}`, `${look}${short}; ${ends}`, ends)
    }
    const scroll = which === '' ? '' : 'arrows scroll, '
    const space = this.#goOn ? 'space resumes' : 'space pauses'
    return this.#fitting(
      `${shown}${which}; ${scroll}${space}, q ends`,
      `${this.#goOn ? 'paused at ' : ''}${look}${short}; ${scroll}${space}, q ends`,
      `${this.#goOn ? 'paused' : look}${short}; ${space}, q ends`,
      `${space}, q ends`,
      'q ends',
    )
  }

  /** The first that fits in a line, or the last. */
  #fitting(...texts: readonly string[]): string {
    return texts.find((text) => lengthOf(text) < this.#out.columns) ?? texts.at(-1) ?? ''
  }

  #row(name: string, element: ReadElement, change: Change | undefined): string {
    const value = shown(element, this.#format.base)
    const whole = element.bits
      ? `  in ${showValue(element.value, element.width, this.#format.base)}`
      : ''
    if (change === undefined) return `${name}  ${value}${whole}`
    const looks = this.#looks - change.look
    const marked =
      looks < MARKED_LOOKS && this.#out.hasColors ? `${HIGHLIGHT}${value}${PLAIN}` : value
    const age = looks === 0 ? 'now' : `${showElapsed((performance.now() - change.atMs) * 1000)} ago`
    const low = element.bits?.low ?? 0
    const named =
      element.naming?.changed(change.bits << BigInt(low), element.value, this.#format.base) ?? ''
    const fields =
      this.#out.hasColors && looks < MARKED_LOOKS ? `${HIGHLIGHT}${named}${PLAIN}` : named
    return this.#fitting(
      ...(named === '' ? [] : [`${name}  ${marked}${whole}  ${fields} ${age}`]),
      `${name}  ${marked}${whole}  changed ${bitList(change.bits, low)} ${age}`,
      `${name}  ${marked}${whole}  changed ${age}`,
      `${name}  ${marked}${whole}`,
    )
  }
}

/** `bit 5`, `bits 7:4, 0`: the bits that are 1, numbered from `low`. */
export function bitList(bits: bigint, low: number): string {
  const runs: string[] = []
  for (let high = 63; high >= 0; high--) {
    if (((bits >> BigInt(high)) & 1n) === 0n) continue
    let end = high
    while (end > 0 && ((bits >> BigInt(end - 1)) & 1n) === 1n) end--
    runs.push(end === high ? `${high + low}` : `${high + low}:${end + low}`)
    high = end
  }
  const single = runs.length === 1 && !runs[0]?.includes(':')
  return `${single ? 'bit' : 'bits'} ${runs.join(', ')}`
}

/** Cuts a line that would wrap, since that would spoil the painting. */
function clipLine(line: string, columns: number): string {
  return lengthOf(line) < columns ? line : plainOf(line).slice(0, Math.max(1, columns - 1))
}

/** Escapes take no room. */
const lengthOf = (line: string): number => plainOf(line).length

// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what an escape is.
const plainOf = (line: string): string => line.replace(/\x1b\[\d+m/g, '')
