import type { Value } from '../../memory/step.ts'
import { formatDuration } from '../../place/index.ts'
import type { ReadElement } from '../access/reading.ts'
import type { Context } from '../context.ts'
import type { Output } from '../io.ts'
import { readingToJson, shown } from './reading.ts'
import { showElapsed } from './time.ts'
import { type Base, showOperand, showValue } from './value.ts'

export interface WatchView {
  /** Shows one look. The elements are the same in every look, with other values. */
  show(elements: readonly ReadElement[]): void
  /** Something else was printed below the last look. */
  startBelow(): void
}

export interface WatchFormat {
  base: Base
  intervalUs: number
}

/** Repaints on a terminal; elsewhere one line a change, or one JSON document a line. */
export function watchView(context: Context, format: WatchFormat): WatchView {
  if (context.settings.json) return new JsonView(context)
  if (context.io.stdout.isTerminal && !context.settings.quiet) {
    return new ScreenView(context.io.stdout, format)
  }
  return new LineView(context, format)
}

/** The value of interest: the bits, or the whole. */
function wanted({ field, value }: ReadElement): Value {
  return field ?? value
}

/** The elements whose value is not what it was, with what it was; in the first look, all. */
class Changes {
  #last: readonly ReadElement[] | undefined

  next(elements: readonly ReadElement[]): { element: ReadElement; old?: ReadElement }[] {
    const last = this.#last
    this.#last = elements
    if (last === undefined) return elements.map((element) => ({ element }))
    return elements.flatMap((element, index) => {
      const old = last[index] as ReadElement
      return wanted(old) === wanted(element) ? [] : [{ element, old }]
    })
  }
}

class LineView implements WatchView {
  readonly #context: Context
  readonly #base: Base
  readonly #changes = new Changes()

  constructor(context: Context, { base }: WatchFormat) {
    this.#context = context
    this.#base = base
  }

  show(elements: readonly ReadElement[]): void {
    const time = new Date().toISOString()
    for (const { element, old } of this.#changes.next(elements)) {
      this.#context.print(this.#line(time, element, old))
    }
  }

  startBelow(): void {}

  #line(time: string, element: ReadElement, old: ReadElement | undefined): string {
    const value = shown(element, this.#base)
    if (this.#context.settings.quiet) return value
    const where = `${time}  ${showOperand(element.place, element.bits)}  `
    const whole = element.bits ? `  in ${showValue(element.value, element.width)}` : ''
    if (old === undefined) return `${where}${value}${whole}`
    return `${where}${shown(old, this.#base)} -> ${value}${whole}`
  }
}

class JsonView implements WatchView {
  readonly #context: Context
  readonly #changes = new Changes()

  constructor(context: Context) {
    this.#context = context
  }

  show(elements: readonly ReadElement[]): void {
    const { command } = this.#context
    const time = new Date().toISOString()
    for (const { element, old } of this.#changes.next(elements)) {
      const before = old === undefined ? {} : { old: wanted(old) }
      this.#context.printJson({ command, time, ...readingToJson(element), ...before })
    }
  }

  startBelow(): void {}
}

const HIGHLIGHT = '\x1b[7m'
const PLAIN = '\x1b[0m'

/** A table that is painted over itself. */
class ScreenView implements WatchView {
  readonly #out: Output
  readonly #format: WatchFormat
  #first: readonly ReadElement[] | undefined
  #last: readonly ReadElement[] = []
  /** When each element changed last, in ms, and which of its bits did. */
  #changed: { atMs: number; bits: bigint }[] = []
  #height = 0
  #looks = 0

  constructor(out: Output, format: WatchFormat) {
    this.#out = out
    this.#format = format
  }

  show(elements: readonly ReadElement[]): void {
    const nowMs = performance.now()
    this.#first ??= elements
    this.#looks++
    const room = Math.max(1, this.#out.rows - 2)
    const rows = elements.slice(0, room)
    const names = rows.map(({ place, bits }) => showOperand(place, bits))
    const width = Math.max(...names.map((name) => name.length))
    const more = elements.length - rows.length
    const lines = [
      `every ${formatDuration(this.#format.intervalUs)}, look ${this.#looks}` +
        `${more > 0 ? `, ${more} more below` : ''}; Ctrl-C ends`,
      ...rows.map((element, index) =>
        this.#row((names[index] ?? '').padEnd(width), element, index, nowMs),
      ),
    ]
    this.#last = elements
    this.#paint(lines)
  }

  startBelow(): void {
    this.#height = 0
  }

  #row(name: string, element: ReadElement, index: number, nowMs: number): string {
    const old = this.#last[index]
    const now = wanted(element)
    const fresh = old !== undefined && wanted(old) !== now
    if (fresh) {
      this.#changed[index] = { atMs: nowMs, bits: BigInt(wanted(old)) ^ BigInt(now) }
    }
    const change = this.#changed[index]
    const value = shown(element, this.#format.base)
    const marked = fresh && this.#out.hasColors ? `${HIGHLIGHT}${value}${PLAIN}` : value
    const whole = element.bits ? `  in ${showValue(element.value, element.width)}` : ''
    if (change === undefined) return `${name}  ${marked}${whole}`
    const low = element.bits?.low ?? 0
    const age = fresh ? 'now' : `${showElapsed((nowMs - change.atMs) * 1000)} ago`
    return `${name}  ${marked}${whole}  changed ${bitList(change.bits, low)} ${age}`
  }

  #paint(lines: readonly string[]): void {
    const up = this.#height === 0 ? '' : `\x1b[${this.#height}A\r`
    const columns = this.#out.columns
    const text = lines.map((line) => `${clipLine(line, columns)}\x1b[K\n`).join('')
    this.#out.write(`${up}${text}`)
    this.#height = lines.length
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

/** Cuts a line that would wrap, since that would spoil the painting; escapes take no room. */
function clipLine(line: string, columns: number): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what an escape is.
  const plain = line.replace(/\x1b\[\d+m/g, '')
  return plain.length < columns ? line : plain.slice(0, Math.max(1, columns - 1))
}
