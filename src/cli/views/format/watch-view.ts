import type { ReadElement } from '../../../operate/reading.ts'
import { readingToJson } from '../../../report/element.ts'
import type { WatchDocument } from '../../../report/watch.ts'
import type { Context } from '../../frame/context.ts'
import type { Base } from '../../frame/options.ts'
import { shown } from './reading.ts'
import { showOperand, showValue } from './value.ts'
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
    const { naming } = element
    const name = naming?.name ?? showOperand(element.place, element.bits)
    const where = `${time}  ${name}  `
    const whole = element.bits ? `  in ${showValue(element.value, element.width)}` : ''
    if (old === undefined) return `${where}${value}${whole}`
    const bits = BigInt(old.value) ^ BigInt(element.value)
    const fields = naming?.changed(bits, element.value) ?? ''
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
