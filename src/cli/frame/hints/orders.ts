/** Words that are right, in an order or beside others in which the command does not take them. */

import { isRegularFile } from '../../../operate/files.ts'
import { prefixed } from '../../../place/schemes/index.ts'

type Line = readonly string[]

/** A command with its words, and what makes a line of others. */
interface Given {
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

/** `watch PLACE=VALUE`: until it has the value. */
export function watchedFor({ name, words, withWords }: Given): string[][] {
  if (name !== 'watch' || !words.every((word) => /[^=]=[^=]/.test(word))) return []
  const [command, ...line] = withWords(words)
  return command === 'watch' ? [['wait', ...line]] : []
}

/** `search PATTERN RANGE`. */
export function turnedSearch({ name, words, withWords }: Given): string[][] {
  const [pattern = '', range = '', more] = words
  return name === 'search' && more === undefined && range !== ''
    ? [withWords([range, pattern])]
    : []
}

/** `compare FILE RANGE`: the range stands first. */
export function turnedCompare({ name, words, withWords }: Given): string[][] {
  const [file = '', range = ''] = words
  if (name !== 'compare' || words.length !== 2 || !range.includes('..')) return []
  return isRegularFile(file) ? [withWords([range, `file:${file}`])] : []
}

/** `NAME[7:4]`, `NAME:7-4`: bits of what has a name, which no parser of places tries. */
export function namedBits({ words, withWords }: Given): string[][] {
  const bits =
    /^([a-z_][\w.]*)(?:\[(\d+)(?:(?::|-|\.\.)(\d+))?\]|:(\d+)(?:-|\.\.)(\d+))(?=$|[=!<>])/i
  const others = words.map((word) => {
    const [found, name, ...numbers] = bits.exec(word) ?? []
    if (found === undefined) return word
    const [high = 0, low = high] = numbers.flatMap((number) => number ?? []).map(Number)
    return `${name}:${high === low ? high : `${high}:${low}`}${word.slice(found.length)}`
  })
  return others.some((other, index) => other !== words[index]) ? [withWords(others)] : []
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

/** `read ADDRESS w`: a width as devmem takes it. */
export function letterWidths({ name, words, withWords }: Given): string[][] {
  const [place = '', letter = '', more] = words
  const bits = { b: '8', h: '16', w: '32', l: '64' }[letter]
  if (bits === undefined || more !== undefined || !/^(?:read|watch)$/.test(name)) return []
  return [[...withWords([place]), '--width', bits]]
}
