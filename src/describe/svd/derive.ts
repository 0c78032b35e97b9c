/** derivedFrom at every level: what an element is, together with all that it is derived from. */
import { clip } from '../../text/refuse.ts'
import { left, type SvdFile } from './file.ts'
import { child, type Element, textOf } from './xml.ts'

/** An element and what it is derived from, itself first: what the first one says counts. */
export type Chain = readonly [Element, ...Element[]]

/** The first that says something of this name. */
export function said(chain: Chain, name: string): Element | undefined {
  for (const one of chain) {
    const found = child(one, name)
    if (found !== undefined && (found.text !== '' || found.children.length > 0)) return found
  }
  return undefined
}

/** Its text, where it is not empty. */
export function saidText(chain: Chain, name: string): string | undefined {
  const text = said(chain, name)?.text
  return text === '' ? undefined : text
}

/** The text with its line ends and indentations as single blanks. */
export function saidWords(chain: Chain, name: string): string | undefined {
  return words(saidText(chain, name))
}

/** A text in one line. Vendors write line ends as `\n`, too, which means one in this format. */
export function words(text: string | undefined): string | undefined {
  return text?.replace(/(?:\s|\\[nr])+/g, ' ').trim()
}

/** What holds the parts of each kind of element, and which these are. */
const PARTS: Readonly<Record<string, { within?: string; names: readonly string[] }>> = {
  device: { within: 'peripherals', names: ['peripheral'] },
  peripheral: { within: 'registers', names: ['register', 'cluster'] },
  cluster: { names: ['register', 'cluster'] },
  register: { within: 'fields', names: ['field'] },
  field: { names: ['enumeratedValues'] },
}

/** Elements that may be derived, and the next one above. */
const OWNERS = ['device', 'peripheral', 'cluster', 'register', 'field']

export class Derivations {
  readonly #file: SvdFile
  readonly #device: Element
  readonly #chains = new Map<Element, Chain | undefined>()
  readonly #named = new Map<Element, Named>()
  readonly #enumerations = new Map<Element, ReadonlyMap<string, readonly Element[]>>()
  /** Whose chains are being made: to find what one names may take those of others. */
  readonly #begun = new Set<Element>()

  constructor(file: SvdFile, device: Element) {
    this.#file = file
    this.#device = device
  }

  /**
   * The element and all that it is derived from. Undefined, and an issue, where that loops or is
   * nowhere: what the element then is, nobody said.
   */
  of(element: Element, path: string): Chain | undefined {
    // Nearly all are derived from nothing.
    if (element.derivedFrom === undefined) return [element]
    if (this.#chains.has(element)) return this.#chains.get(element)
    this.#begun.add(element)
    const chain = this.#chainOf(element, path)
    this.#begun.delete(element)
    this.#chains.set(element, chain)
    return chain
  }

  /** The parts of all in the chain; one that a nearer element names anew takes the place of the other. */
  partsOf(chain: Chain, path: string): readonly Element[] {
    if (chain.length === 1) return this.#ownParts(chain[0], path)
    let parts: readonly Element[] = []
    for (const element of [...chain].reverse()) {
      const own = this.#ownParts(element, path)
      if (own.length === 0) continue
      if (parts.length === 0) parts = own
      else {
        const names = new Set(own.map(keyOf))
        parts = [...parts.filter((one) => !names.has(keyOf(one))), ...own]
      }
    }
    return parts
  }

  /** Those of the nearest field of the chain that has any. */
  enumerationsOf(field: Chain): readonly Element[] {
    for (const element of field) {
      const own = this.#ownParts(element, '')
      if (own.length > 0) return own
    }
    return []
  }

  #ownParts(element: Element, path: string): readonly Element[] {
    const { within, names } = PARTS[element.name] ?? { names: [] }
    const holder = within === undefined ? element : child(element, within)
    if (holder === undefined) return []
    const contents = within === 'registers' ? this.#file.contentsOf(holder, path) : holder.children
    return contents.every((one) => names.includes(one.name))
      ? contents
      : contents.filter((one) => names.includes(one.name))
  }

  #chainOf(element: Element, path: string): Chain | undefined {
    const chain: [Element, ...Element[]] = [element]
    const seen = new Set(chain)
    for (let last = element; last.derivedFrom !== undefined; ) {
      const base = this.#find(last, last.derivedFrom, path)
      if (base === undefined) {
        const message = `derivedFrom names "${last.derivedFrom}", which does not exist`
        this.#file.report(left('derived-from-nowhere', `${message}: ${lost(element)}`), path, last)
        return undefined
      }
      if (seen.has(base) || isWithin(element, base)) {
        const message = `derivedFrom ${circleOf(chain, base)}`
        this.#file.report(left('derived-loop', `${message}: ${lost(element)}`), path, element)
        return undefined
      }
      if (chain.length >= LONGEST) {
        const message = `it is derived by way of more than ${LONGEST} others`
        this.#file.report(left('derived-too-far', `${message}: ${lost(element)}`), path, element)
        return undefined
      }
      chain.push(base)
      seen.add(base)
      last = base
    }
    return chain
  }

  /** What `name` means where `element` says it: beside it, further up, or from the device down. */
  #find(element: Element, name: string, path: string): Element | undefined {
    const steps = name.split('.')
    if (element.name === 'peripheral') {
      return this.#step(this.#device, [name], element, path) ?? this.#ownName(element, [name])
    }
    const absolute = steps.length > 1 ? this.#step(this.#device, steps, element, path) : undefined
    if (absolute !== undefined) return absolute
    for (let owner = ownerOf(element); owner !== undefined; owner = ownerOf(owner)) {
      if (owner.name === 'device') break
      const found =
        this.#step(owner, steps, element, path) ??
        (element.name === 'enumeratedValues' && steps.length === 1
          ? this.#enumeration(owner, name, element, path)
          : undefined)
      if (found !== undefined) return found
    }
    return this.#ownName(element, steps)
  }

  /** An element that names itself is a loop, and is not nowhere. */
  #ownName(element: Element, steps: readonly string[]): Element | undefined {
    return textOf(element, 'name') === steps.at(-1) && steps.length === 1 ? element : undefined
  }

  /** What these names lead to, from an element down: never `not` itself. */
  #step(from: Element, steps: readonly string[], not: Element, path: string): Element | undefined {
    let all: readonly Element[] = [from]
    for (const [depth, name] of steps.entries()) {
      const isLast = depth === steps.length - 1
      all = all.flatMap((one) => this.#partsNamed(one, name, path))
      if (isLast) return all.find((one) => one !== not && one.name === not.name)
    }
    return undefined
  }

  /** The first enumeration of this name in all fields of what is given. */
  #enumeration(owner: Element, name: string, not: Element, path: string): Element | undefined {
    if (owner.name === 'field') return undefined
    let all = this.#enumerations.get(owner)
    if (all === undefined) {
      const found: Element[] = []
      const look = (element: Element, depth: number) => {
        if (depth > DEEPEST) return
        for (const part of this.#ownParts(element, path)) {
          if (part.name === 'enumeratedValues') found.push(part)
          else look(part, depth + 1)
        }
      }
      look(owner, 0)
      all = byName(found)
      this.#enumerations.set(owner, all)
    }
    return all.get(name)?.find((one) => one !== not)
  }

  #partsNamed(element: Element, name: string, path: string): readonly Element[] {
    let named = this.#named.get(element)
    if (named === undefined) {
      const isEarly = this.#begun.has(element) || this.#begun.size > DEEPEST
      const alone = element.name === 'device' || isEarly
      const chain = alone ? ([element] as const) : this.of(element, path)
      named = new Named(chain === undefined ? [] : this.partsOf(chain, path))
      if (!isEarly) this.#named.set(element, named)
    }
    return named.find(name)
  }
}

/** Elements by their names. */
class Named {
  readonly #exact: ReadonlyMap<string, readonly Element[]>
  readonly #templates: { start: string; end: string; elements: readonly Element[] }[] = []

  constructor(elements: readonly Element[]) {
    this.#exact = byName(elements)
    for (const [name, named] of this.#exact) {
      const [start, end] = name.split(/\[?%s\]?/, 2)
      if (start === undefined || end === undefined) continue
      this.#templates.push({ start, end, elements: named })
    }
  }

  /** Those of this name; or those of which one element has it: all of an array or list is meant. */
  find(name: string): readonly Element[] {
    const exact = this.#exact.get(name)
    if (exact !== undefined) return exact
    const template = this.#templates.find(
      ({ start, end }) =>
        name.length >= start.length + end.length && name.startsWith(start) && name.endsWith(end),
    )
    return template?.elements ?? []
  }
}

/** Elements of a chain: real files have three. */
const LONGEST = 64

/** So many chains are made at once, each to find what another one names: a file of nothing else ends. */
const DEEPEST = 16

function byName(elements: readonly Element[]): ReadonlyMap<string, readonly Element[]> {
  const all = new Map<string, Element[]>()
  for (const one of elements) {
    const key = textOf(one, 'name') ?? ''
    const same = all.get(key)
    if (same === undefined) all.set(key, [one])
    else same.push(one)
  }
  return all
}

/** Names are unique together with their group of alternates. */
function keyOf(element: Element): string {
  const group = textOf(element, 'alternateGroup')
  return `${textOf(element, 'name') ?? ''} ${group ?? ''}`
}

/** The peripheral, cluster, register or field that an element is written in. */
function ownerOf(element: Element): Element | undefined {
  let above = element.parent
  while (above !== undefined && !OWNERS.includes(above.name)) above = above.parent
  return above
}

/** What is derived from what, until one comes again: as a clause, such as "forms a circle, A from B from A". */
function circleOf(chain: Chain, base: Element): string {
  const [element] = chain
  const names = [nameOf(element), ...chain.map((one) => one.derivedFrom ?? '')].map((one) =>
    clip(one),
  )
  const shown = names.length > MOST_SHOWN ? [...names.slice(0, MOST_SHOWN - 1), '…'] : names
  const from = shown.join(' from ')
  if (base === element) return `forms a circle, ${from}`
  return chain.includes(base) ? `leads into a circle, ${from}` : `leads to what it is in, ${from}`
}

/** So many names of a circle are shown. */
const MOST_SHOWN = 6

function nameOf(element: Element): string {
  return textOf(element, 'name') ?? element.name
}

/** Whether an element is somewhere in another one. */
function isWithin(element: Element, other: Element): boolean {
  for (let above = element.parent; above !== undefined; above = above.parent) {
    if (above === other) return true
  }
  return false
}

/** What is left out with what cannot be derived. */
function lost({ name }: Element): string {
  if (name === 'peripheral') return 'the registers that it would have from there are left out'
  if (name === 'enumeratedValues') return 'these names of values are left out'
  return `this ${name} is left out`
}
