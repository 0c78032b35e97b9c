import { RequestError } from '../base/errors.ts'
import { retell } from '../base/retell.ts'
import type { Suggestion } from './hint.ts'
import { clip, quote } from './refuse.ts'

/** What a person gave, and what reads it: in it, suggestions are tried. */
interface Given {
  text: string
  parse: (text: string) => unknown
}

let given: Given | undefined
let trying = false

/**
 * Runs `act`, which reads `text`: what is suggested meanwhile for a part of it is tried in the whole
 * text, with `parse`. Of nested calls the outermost counts, which has what the person gave.
 */
export function suggesting<T>(text: string, parse: (text: string) => unknown, act: () => T): T {
  if (given !== undefined) return act()
  given = { text, parse }
  try {
    return act()
  } catch (error) {
    throw namingWhole(error, text)
  } finally {
    given = undefined
  }
}

/**
 * What `parse` reads in a word of a command. What is suggested for it is tried with `check`,
 * too, which knows the rest of the line and refuses what does not go with it.
 */
export function fitting<T>(text: string, parse: (text: string) => T, check: (one: T) => void): T {
  return suggesting(
    text,
    (other) => check(parse(other)),
    () => parse(text),
  )
}

/** An empty part says nothing if more was given: the message names all that was given. */
function namingWhole(error: unknown, text: string): unknown {
  if (!(error instanceof RequestError) || error.data.input !== '' || text === '') return error
  const message = `in ${quote(text)}, ${error.message}`
  return retell(error, { message, data: { input: text } })
}

/**
 * The first candidate that can stand in the place of `part`, so that all that was given is accepted.
 * None that a message would have to cut or to escape; none outside of `suggesting`.
 */
export function accepted(
  part: string,
  ...candidates: readonly (string | undefined)[]
): Suggestion | undefined {
  // What refuses a candidate needs no suggestion of its own, which would be tried in turn.
  if (given === undefined || trying || !given.text.includes(part)) return undefined
  const { text, parse } = given
  trying = true
  try {
    return candidates.find(
      (candidate) =>
        candidate !== undefined &&
        clip(candidate) === candidate &&
        isAccepted(
          parse,
          text.replace(part, () => candidate),
        ),
    ) as Suggestion | undefined
  } finally {
    trying = false
  }
}

function isAccepted(parse: (text: string) => unknown, text: string): boolean {
  try {
    parse(text)
    return true
  } catch (error) {
    if (error instanceof RequestError) return false
    throw error
  }
}

/**
 * The candidate that a mistyped word most likely meant, or `undefined` when none is near. Upper
 * and lower case count as equal. A beginning that only one candidate has (`comp` for `compare`) is
 * near; otherwise about one mistake (a letter too many, too few, wrong, or two swapped) for every
 * three letters. Of those that are as near, one of the same letters goes before the others.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = word.toLowerCase()
  const wantedLetters = letters(wanted)
  const names = [...candidates]
  let best: string | undefined
  let bestDistance = Number.POSITIVE_INFINITY
  let bestIsTurned = false
  for (const name of names) {
    const allowed = Math.max(1, Math.floor(Math.max(wanted.length, name.length) / 3))
    if (Math.abs(wanted.length - name.length) > allowed) continue
    const lower = name.toLowerCase()
    const nameLetters = letters(lower)
    const isTurned = nameLetters === wantedLetters && inOrder(lower) === inOrder(wanted)
    const nearer = isTurned && !bestIsTurned ? bestDistance : bestDistance - 1
    const most = Math.min(allowed, wanted.length - 1, nearer)
    if (lettersBetween(wantedLetters, nameLetters) > most) continue
    const distance = editDistance(wanted, lower, most)
    if (distance > most) continue
    best = name
    bestDistance = distance
    bestIsTurned = isTurned
  }
  return best ?? onlyBeginning(wanted, names)
}

function onlyBeginning(wanted: string, names: string[]): string | undefined {
  if (wanted.length < 2) return undefined
  const longer = names.filter((name) => name.toLowerCase().startsWith(wanted))
  return longer.length === 1 ? longer[0] : undefined
}

/** The letters of a word, which are those of another if some were only swapped. */
function inOrder(word: string): string {
  return [...word].sort().join('')
}

/** The letters of a word as a set of bits, without their number; some letters share a bit. */
function letters(word: string): number {
  let set = 0
  for (let index = 0; index < word.length; index++) set |= 1 << (word.charCodeAt(index) & 31)
  return set
}

/**
 * No distance is less: a change adds one letter and takes one away at most. It spares most of the
 * 200,000 symbols of a kernel the comparison, which takes a slow CPU half a minute.
 */
function lettersBetween(one: number, other: number): number {
  return Math.max(bits(one & ~other), bits(other & ~one))
}

function bits(set: number): number {
  let count = 0
  for (let rest = set; rest !== 0; rest &= rest - 1) count += 1
  return count
}

/**
 * The fewest single-letter changes (insert, delete, replace, swap two neighbours) that turn `a`
 * into `b`: the optimal string alignment distance. What is more than `most` is infinite, and known
 * early.
 */
export function editDistance(a: string, b: string, most = Number.POSITIVE_INFINITY): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, column) => column)
  let lastFewest = 0
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    let fewest = row
    for (let column = 1; column <= b.length; column++) {
      const replaced = at(last, column - 1) + (a[row - 1] === b[column - 1] ? 0 : 1)
      let cost = Math.min(at(last, column) + 1, at(current, column - 1) + 1, replaced)
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        cost = Math.min(cost, at(beforeLast, column - 2) + 1)
      }
      current.push(cost)
      fewest = Math.min(fewest, cost)
    }
    // No later row is less than the fewest of the two before it.
    if (fewest > most && lastFewest > most) return Number.POSITIVE_INFINITY
    beforeLast = last
    last = current
    lastFewest = fewest
  }
  const distance = at(last, b.length)
  return distance > most ? Number.POSITIVE_INFINITY : distance
}

function at(row: number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY
}
