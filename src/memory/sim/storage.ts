import type { Value, Width } from '../../base/width.ts'
import { getElement, setElement } from '../elements.ts'
import type { StorageDescription } from './schema.ts'

const PAGE_BYTES = 64 * 1024

/** RAM or ROM. Pages come into being when they are first written, so that size costs nothing. */
export class Storage {
  readonly #name: string
  readonly #description: StorageDescription
  readonly #pages = new Map<number, DataView>()
  readonly #blank: DataView

  constructor(name: string, description: StorageDescription) {
    this.#name = name
    this.#description = description
    this.#blank = blankPage(description.fill)
    const bytes = new TextEncoder().encode(description.text ?? '')
    for (const [offset, byte] of bytes.entries()) this.#set(offset, 8, byte)
  }

  /** Why it answers no access of this direction; the same everywhere in it. */
  refusal(direction: 'read' | 'write'): string | undefined {
    const refuses = this.#description.kind === 'rom' && this.#description.writes === 'fault'
    if (direction === 'read' || !refuses) return undefined
    return `${this.#name} is read-only (bus error)`
  }

  load(offset: number, width: Width): Value {
    const page = this.#pages.get(Math.floor(offset / PAGE_BYTES)) ?? this.#blank
    return getElement(page, offset % PAGE_BYTES, width)
  }

  store(offset: number, width: Width, value: Value): void {
    if (this.#description.kind === 'ram') this.#set(offset, width, value)
  }

  #set(offset: number, width: Width, value: Value): void {
    const index = Math.floor(offset / PAGE_BYTES)
    let page = this.#pages.get(index)
    if (page === undefined) {
      page = blankPage(this.#description.fill)
      this.#pages.set(index, page)
    }
    setElement(page, offset % PAGE_BYTES, width, value)
  }
}

function blankPage(fill: number): DataView {
  return new DataView(new Uint8Array(PAGE_BYTES).fill(fill).buffer)
}
