import type { ReadElement } from '../../../operate/reading.ts'
import { readingToJson } from '../../../report/element.ts'
import type { WatchDocument } from '../../../report/watch.ts'
import type { Base } from '../../../text/base.ts'
import type { Context } from '../../frame/context.ts'
import { shown } from './reading.ts'
import { operandColumn, showValue } from './value.ts'
import type { WatchFormat, WatchView } from './watch-format.ts'
import { WatchScreen, wanted } from './watch-screen.ts'

/** Repaints on a terminal; elsewhere one line per change, or one JSON document per line. */
export function watchView(context: Context, format: WatchFormat): WatchView {
  if (context.settings.json) return new JsonView(context)
  if (context.io.stdout.isTerminal && !context.settings.quiet) {
    return new WatchScreen(context.io, format)
  }
  return new LineView(context, format)
}

interface Change {
  element: ReadElement
  index: number
  old?: ReadElement
}

/** The elements whose value is not what it was, with what it was; in the first look, all. */
class Changes {
  #last: readonly ReadElement[] | undefined

  next(elements: readonly ReadElement[]): Change[] {
    const last = this.#last
    this.#last = elements
    return elements.flatMap((element, index) => {
      const old = last?.[index]
      return old && wanted(old) === wanted(element) ? [] : [{ element, index, ...(old && { old }) }]
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
    const names = operandColumn(elements)
    for (const change of this.#changes.next(elements)) {
      this.#context.print(this.#line(`${time}  ${names[change.index]}  `, change))
    }
  }

  startBelow(): void {}

  #line(where: string, { element, old }: Change): string {
    const { quiet } = this.#context.settings
    const value = shown(element, this.#base, quiet)
    if (quiet) return value
    const whole = element.bits ? `  in ${showValue(element.value, element.width, this.#base)}` : ''
    if (old === undefined) return `${where}${value}${whole}`
    const bits = BigInt(old.value) ^ BigInt(element.value)
    const fields = element.naming?.changed(bits, element.value, this.#base) ?? ''
    const end = fields === '' ? whole : `${whole}  ${fields}`
    return `${where}${shown(old, this.#base)} -> ${value}${end}`
  }
}

class JsonView implements WatchView {
  readonly #context: Context
  readonly #changes = new Changes()

  constructor(context: Context) {
    this.#context = context
  }

  show(elements: readonly ReadElement[]): void {
    const time = new Date().toISOString()
    for (const { element, old } of this.#changes.next(elements)) {
      const before = old === undefined ? {} : { old: wanted(old) }
      this.#context.printJson<WatchDocument>({ time, ...readingToJson(element), ...before })
    }
  }

  startBelow(): void {}
}
