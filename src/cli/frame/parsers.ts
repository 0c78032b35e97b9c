/** Parsers of option values: text to value, or a RequestError. */
import { RequestError } from '../../base/errors.ts'
import { nearest, parseDurationUs, parseNumber } from '../../place/index.ts'
import { didYouMean } from '../../text/hint.ts'
import { malformed } from '../../text/refuse.ts'
import { accepted, suggesting } from '../../text/suggest.ts'

/**
 * One of a few words. `what` names the kind of word in the message, with its article; `others` are
 * names of theirs elsewhere, which are refused with the word that is meant.
 */
export function choice<T extends string>(
  what: string,
  words: readonly T[],
  others: Readonly<Record<string, T>> = {},
): (text: string) => T {
  const read = (text: string): T => {
    const found = words.find((word) => word === text)
    if (found !== undefined) return found
    const lower = text.toLowerCase()
    const known = Object.hasOwn(others, lower) ? others[lower] : nearest(text, words)
    const meant = accepted(text, known)
    throw malformed(text, what, didYouMean(`expected ${listOr(words)}`, meant))
  }
  return (text) => suggesting(text, read, () => read(text))
}

/** How many: a whole number from 1. */
export function parseCount(text: string): number {
  const count = Number(parseNumber(text, { what: 'a count', max: 2n ** 32n - 1n }))
  if (count >= 1) return count
  throw new RequestError('ERANGE', `a count of ${text}: expected at least 1`, { input: text })
}

/** A duration from 1 us, in microseconds. */
export function parseInterval(text: string): number {
  const us = parseDurationUs(text)
  if (us > 0) return us
  throw new RequestError('ERANGE', `an interval of ${text}: expected at least 1us`, { input: text })
}

/** How long a connection is kept: from 1 s, in whole seconds. */
export function parseKeep(text: string): number {
  const seconds = parseDurationUs(text) / 1e6
  if (seconds >= 1) return Math.ceil(seconds)
  const message = `a connection cannot be kept for ${text}: expected at least 1s, or no --keep-connection, which keeps none`
  throw new RequestError('ERANGE', message, { input: text })
}

/** `a, b or c`. */
export function listOr(words: readonly string[]): string {
  const last = words.at(-1) ?? ''
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`
}
