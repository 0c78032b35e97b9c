/** Words that are right, in an order or beside others in which the command does not take them. */

import type { RequestError } from '../../../base/errors.ts'
import { isWidth } from '../../../operate/bare-number.ts'
import { prefixed } from '../../../place/schemes/index.ts'

type Line = readonly string[]

/** A command with its words, of which one is refused, and what makes a line of others. */
export interface Given {
  error: RequestError
  name: string
  words: Line
  withWords(others: Line): string[]
}

/** `wait PLACE=VALUE 1s`, `watch PLACE 1s`: how long, and how often, is an option. */
export function timeHabits({ name, words, withWords }: Given): string[][] {
  const last = words.at(-1) ?? ''
  const option = { wait: '--timeout', watch: '--interval' }[name]
  if (option === undefined || words.length < 2 || !/^[0-9]+(?:us|ms|s|m)$/.test(last)) return []
  return [[...withWords(words.slice(0, -1)), option, last]]
}

/** `wait PLACE=>VALUE`, `=<`. */
export function turnedSigns({ name, words, withWords }: Given): string[][] {
  if (name !== 'wait' || !words.some((word) => /=[<>]/.test(word))) return []
  return [withWords(words.map((word) => word.replace(/=([<>])/, '$1=')))]
}

/** `write PLACE VALUE PLACE VALUE`. */
export function pairedWords({ name, words, withWords }: Given): string[][] {
  const isPaired = words.length >= 4 && words.length % 2 === 0
  if (name !== 'write' || !isPaired || words.some((word) => word.includes('='))) return []
  const pairs = words.flatMap((word, index) => (index % 2 ? [] : [`${word}=${words[index + 1]}`]))
  return [withWords(pairs)]
}

/** `read port 0x80`, `read pid 1 0x1000`: what names a kind of place stands before a colon. */
export function spacedKinds({ words, withWords }: Given): string[][] {
  const [kind = '', ...parts] = words
  const isKind = prefixed.some(({ name }) => name === kind)
  return isKind && parts.length > 0 ? [withWords([[kind, ...parts].join(':')])] : []
}

/** The bits of a width, which devmem takes as a letter, too. */
export function widthOf(word: string): string | undefined {
  return isWidth(word) ? word : { b: '8', h: '16', w: '32', l: '64' }[word]
}

/** `read ADDRESS w`: a width as devmem takes it. */
export function letterWidths({ name, words, withWords }: Given): string[][] {
  const [place = '', letter = '', more] = words
  const bits = widthOf(letter)
  if (bits === undefined || more !== undefined || !/^(?:read|watch)$/.test(name)) return []
  return [[...withWords([place]), '--width', bits]]
}

/** `read A, B`, `read A + 4`: signs as other languages have them. */
export function punctuated({ words, withWords }: Given): string[][] {
  const text = words.join(' ')
  if (words.includes('') || !/,| \+ /.test(text)) return []
  const ours = text.replace(/,+ ?/g, ' ').replace(/ \+ /g, '+').trim()
  return [withWords(ours.split(' '))]
}
