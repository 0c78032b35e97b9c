import { PhysmemError } from '../../base/errors.ts'
import { quote } from '../../text/refuse.ts'
import { nearest } from '../../text/suggest.ts'
import type { Issue, Position } from '../model.ts'
import { cameOf, type Entry, type MapTree, type Tree } from './tree.ts'

/** Parts that one file may come to, `is:` and aliases written out. */
const MOST_PARTS = 250_000

/** What was found wrong while one file is read, and how much was made of it. */
export class Reading {
  readonly issues: Issue[]
  readonly file: string
  #parts = 0

  /** `issues`: where to put them, when several files have theirs in one list. */
  constructor(file: string, issues: Issue[] = []) {
    this.file = file
    this.issues = issues
  }

  error(code: string, path: string, at: Position, message: string): void {
    this.#add(code, 'error', path, at, message)
  }

  warning(code: string, path: string, at: Position, message: string): void {
    this.#add(code, 'warning', path, at, message)
  }

  /** Whether one more part may be made. The first that may not is reported. */
  spend(path: string, at: Position): boolean {
    this.#parts += 1
    if (this.#parts === MOST_PARTS + 1) {
      const message = `all parts of this file are more than ${MOST_PARTS}: those from here on are left out`
      this.error('too-many', path, at, message)
    }
    return this.#parts <= MOST_PARTS
  }

  /** Whether no more parts may be made. */
  get spent(): boolean {
    return this.#parts > MOST_PARTS
  }

  #add(code: string, severity: Issue['severity'], path: string, at: Position, message: string) {
    this.issues.push({
      ...{ code, severity, message, path, file: this.file },
      ...{ line: at.line, column: at.column },
    })
  }
}

/** `: did you mean "…"?`, or nothing. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const best = nearest(word, candidates)
  return best === undefined ? '' : `: did you mean "${best}"?`
}

/** A path and a name in it. */
export function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}

/** Refuses what a leaf cannot be; the message is shown. */
export class Unexpected extends Error {}

/**
 * One mapping, whose keys are asked for. What is wrong with a key becomes an issue, and then `bad`
 * is true: who asks for what decides on access is to leave the whole part out.
 */
export class Part {
  readonly reading: Reading
  readonly path: string
  readonly tree: MapTree
  bad = false

  /** Tells of keys that are not among `keys`; `hints` has words for some of them. */
  constructor(
    reading: Reading,
    path: string,
    tree: MapTree,
    keys: readonly string[],
    hints: Readonly<Record<string, string>> = {},
  ) {
    this.reading = reading
    this.path = path
    this.tree = tree
    for (const { key, at } of tree.entries.values()) {
      if (keys.includes(key)) continue
      const hint = Object.hasOwn(hints, key) ? `: ${hints[key]}` : didYouMean(key, keys)
      reading.error('unknown-key', path, at, `unknown key ${quote(key)}${hint}`)
      this.bad = true
    }
  }

  has(key: string): boolean {
    return this.tree.entries.has(key)
  }

  entry(key: string): Entry | undefined {
    return this.tree.entries.get(key)
  }

  /** Where the value of a key stands, or without it the whole. */
  at(key: string): Position {
    return this.entry(key)?.value.at ?? this.tree.at
  }

  /** Tells what is wrong with a key. */
  refuse(key: string, code: string, message: string): void {
    this.reading.error(code, this.path, this.at(key), `${key}: ${message}`)
    this.bad = true
  }

  /** Tells of a key that is not there. */
  missing(key: string, example: string): void {
    this.reading.error(
      'missing',
      this.path,
      this.tree.at,
      `"${key}" is missing, such as ${example}`,
    )
    this.bad = true
  }

  /** What `parse` makes of a key's text; nothing without the key, and where it throws. */
  leaf<T>(key: string, expected: string, parse: (text: string) => T): T | undefined {
    const entry = this.entry(key)
    if (entry === undefined) return undefined
    const { value } = entry
    if (value.kind !== 'text') {
      this.refuse(key, 'value', `expected ${expected}, ${cameOf(value, quote)}`)
      return undefined
    }
    const made = attempt(() => parse(value.text))
    if ('value' in made) return made.value
    this.refuse(key, 'value', made.message)
    return undefined
  }

  text(key: string): string | undefined {
    return this.leaf(key, 'a text', (text) => text)
  }

  choice<T extends string>(key: string, options: readonly T[]): T | undefined {
    const expected = `one of ${options.join(', ')}`
    return this.leaf(key, expected, (text) => {
      const found = options.find((option) => option === text)
      if (found !== undefined) return found
      throw new Unexpected(`expected ${expected}, ${came(text)}${didYouMean(text, options)}`)
    })
  }

  /** Texts: one, or a list of them. */
  texts(key: string, expected: string, parse: (text: string) => string): string[] | undefined {
    const value = this.entry(key)?.value
    if (value === undefined) return undefined
    const items = value.kind === 'list' ? value.items : [value]
    const made: string[] = []
    for (const item of items) {
      if (item.kind !== 'text') {
        this.#refuseItem(key, item, `expected ${expected}, ${cameOf(item, quote)}`)
        continue
      }
      const one = attempt(() => parse(item.text))
      if ('value' in one) made.push(one.value)
      else this.#refuseItem(key, item, one.message)
    }
    return made
  }

  #refuseItem(key: string, { at }: Tree, message: string): void {
    this.reading.error('value', this.path, at, `${key}: ${message}`)
    this.bad = true
  }

  /** The mapping at a key; nothing without it, and where it is none, which is reported. */
  map(key: string, expected: string): MapTree | undefined {
    const value = this.entry(key)?.value
    if (value === undefined || value.kind === 'map') return value
    this.refuse(key, 'value', `expected ${expected}, ${cameOf(value, quote)}`)
    return undefined
  }
}

export function came(text: string): string {
  return text === '' ? 'got nothing' : `got ${quote(text)}`
}

/** What `act` gives, or why it refuses. */
export function attempt<T>(act: () => T): { value: T } | { message: string } {
  try {
    return { value: act() }
  } catch (error) {
    if (!(error instanceof PhysmemError) && !(error instanceof Unexpected)) throw error
    return { message: error.message }
  }
}
