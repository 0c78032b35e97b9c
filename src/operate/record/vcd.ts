/**
 * Value change dump, four-state, which waveform viewers read: IEEE 1364-2005, section 18. Only what
 * changes is written. While samples are lost all signals are unknown (x), and an event of the name
 * `lost` marks where that began.
 */
import type { Value } from '../../base/width.ts'
import { type SampleFormat, type Signal, signalValue } from './signal.ts'

/** What the file says of itself. */
export interface VcdOrigin {
  date: Date
  /** The program and its version. */
  version: string
  /** One line: what was recorded. */
  comment: string
}

/** The scope of all, which none of a description has. */
const TOP = 'physmem'
const LOST = 'lost'

export class Vcd implements SampleFormat {
  readonly #signals: readonly Signal[]
  readonly #origin: VcdOrigin
  readonly #last: (Value | undefined)[]
  readonly #event: string
  /** The last time that was written. */
  #timeNs = -1
  #state: 'new' | 'running' | 'off' = 'new'

  constructor(signals: readonly Signal[], origin: VcdOrigin) {
    this.#signals = signals
    this.#origin = origin
    this.#last = signals.map(() => undefined)
    this.#event = identifier(signals.length)
  }

  head(): string {
    const { date, version, comment } = this.#origin
    const section = (keyword: string, text: string) => `$${keyword} ${plain(text)} $end\n`
    return [
      section('date', date.toISOString()),
      section('version', version),
      section('comment', comment),
      '$timescale 1 ns $end\n',
      ...declarations(scopesOf(this.#signals), this.#event),
      '$enddefinitions $end\n',
    ].join('')
  }

  sample(atNs: number, values: readonly Value[]): string {
    const keyword = { new: '$dumpvars', off: '$dumpon', running: undefined }[this.#state]
    const changes = this.#changes(values)
    this.#state = 'running'
    if (keyword) return `${this.#time(atNs)}${keyword}\n${changes}$end\n`
    return changes === '' ? '' : this.#time(atNs) + changes
  }

  lost(atNs: number): string {
    const unknown = this.#signals.map(({ width }, index) => change('x', width, identifier(index)))
    this.#last.fill(undefined)
    const keyword = this.#state === 'new' ? '$dumpvars' : '$dumpoff'
    this.#state = 'off'
    return `${this.#time(atNs)}1${this.#event}\n${keyword}\n${unknown.join('')}$end\n`
  }

  end(atNs: number): string {
    return this.#time(atNs)
  }

  /** Each time stands once. */
  #time(atNs: number): string {
    if (atNs <= this.#timeNs) return ''
    this.#timeNs = atNs
    return `#${atNs}\n`
  }

  #changes(values: readonly Value[]): string {
    let text = ''
    for (const [index, signal] of this.#signals.entries()) {
      const value = signalValue(signal, values)
      if (value === this.#last[index]) continue
      this.#last[index] = value
      text += change(value.toString(2), signal.width, identifier(index))
    }
    return text
  }
}

/** Scalars stand before their code at once, vectors with `b` and a blank (18.2.2). */
function change(bits: string, width: number, code: string): string {
  return width === 1 ? `${bits}${code}\n` : `b${bits} ${code}\n`
}

const CODES = 94

/** The code of a variable: printable characters, `!` to `~` (18.2.3.7), as few as will do. */
export function identifier(index: number): string {
  const last = String.fromCharCode(33 + (index % CODES))
  return index < CODES ? last : identifier(Math.floor(index / CODES) - 1) + last
}

interface Scope {
  scopes: Map<string, Scope>
  variables: { name: string; width: number; code: string }[]
}

function scopesOf(signals: readonly Signal[]): Scope {
  const top: Scope = { scopes: new Map(), variables: [] }
  for (const [index, { scope, name, width }] of signals.entries()) {
    let inner = top
    for (const part of scope) {
      const found = inner.scopes.get(part) ?? { scopes: new Map(), variables: [] }
      inner.scopes.set(part, found)
      inner = found
    }
    inner.variables.push({ name, width, code: identifier(index) })
  }
  return top
}

function declarations(top: Scope, event: string): string[] {
  const lines = [`$scope module ${TOP} $end\n`, `$var event 1 ${event} ${LOST} $end\n`]
  const add = ({ scopes, variables }: Scope, taken: Names) => {
    for (const { name, width, code } of variables) {
      lines.push(`$var wire ${width} ${code} ${taken.give(name)} $end\n`)
    }
    const names = new Names()
    for (const [name, scope] of scopes) {
      lines.push(`$scope module ${names.give(name)} $end\n`)
      add(scope, new Names())
      lines.push('$upscope $end\n')
    }
  }
  const names = new Names()
  names.give(LOST)
  add(top, names)
  lines.push('$upscope $end\n')
  return lines
}

/** Names as identifiers (3.7): letters, digits, `_` and `$`, no digit first; each once in a scope. */
class Names {
  readonly #taken = new Set<string>()

  give(name: string): string {
    const simple = name.replace(/[^A-Za-z0-9_$]/g, '_').replace(/^(?=[^A-Za-z_]|$)/, '_')
    let unique = simple
    for (let number = 2; this.#taken.has(unique); number++) unique = `${simple}_${number}`
    this.#taken.add(unique)
    return unique
  }
}

/** Text that ends no section, on one line. */
function plain(text: string): string {
  return text.replace(/[^ -~]/g, '?').replaceAll('$', '?')
}
