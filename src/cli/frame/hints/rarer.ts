/** The same as orders.ts has, of commands that are in no small bundle. */

import { existsSync } from 'node:fs'
import { isWidth } from '../../../operate/bare-number.ts'
import { isRegularFile } from '../../../operate/files.ts'
import type { Given } from './orders.ts'
import { isPlace } from './place-word.ts'

/** The lines that others of these words may stand for, the nearest first. */
export function rarerLines(given: Given): string[][] {
  return [
    ...turnedLines(given),
    ...[watchedFor, copiedRange, copiedToFile, bareSize, widthFirst].flatMap((habits) =>
      habits(given),
    ),
  ]
}

/** Those with the same words in another order, which are nearer than another word would be. */
export function turnedLines(given: Given): string[][] {
  return [loadHabits, turnedSearch, turnedCompare, turnedFill].flatMap((habits) => habits(given))
}

/** `buffer SIZE`. */
function bareSize({ name, words, withWords }: Given): string[][] {
  return name === 'buffer' ? [withWords(['alloc', ...words])] : []
}

/** `load FILE PLACE`. */
function loadHabits({ name, words, withWords }: Given): string[][] {
  const [path = '', place = ''] = words
  return name === 'load' && isRegularFile(path) ? [withWords([place, path])] : []
}

/** `load PLACE /dev/stdin`, where that is a pipe; `load file:FILE PLACE`. */
export function missingHabits({ name, words, withWords }: Given): string[][] {
  const [place = '', path = ''] = words
  if (name !== 'load') return []
  if (path === '/dev/stdin') return [withWords([place, '-'])]
  const [, file = ''] = /^file:([^+]+)$/.exec(place) ?? []
  return isRegularFile(file) ? [withWords([path, file])] : []
}

/** `watch PLACE=VALUE`: until it has the value. */
function watchedFor({ name, words, withWords }: Given): string[][] {
  if (name !== 'watch' || !words.every((word) => /[^=]=[^=]/.test(word))) return []
  const [command, ...line] = withWords(words)
  return command === 'watch' ? [['wait', ...line]] : []
}

/** `search PATTERN RANGE`. */
function turnedSearch({ name, words, withWords }: Given): string[][] {
  const [pattern = '', range = '', more] = words
  const isRange = range.includes('..') || /^[a-z]+:/.test(range)
  return name === 'search' && more === undefined && isRange ? [withWords([range, pattern])] : []
}

/** `compare FILE RANGE`: the range stands first; and `compare PLACE FILE`, of which the file alone has an end. */
function turnedCompare({ name, words, withWords }: Given): string[][] {
  const [first = '', second = ''] = words
  if (name !== 'compare' || words.length !== 2 || first.includes('..')) return []
  const [one, other] = [first, second].map((word) => word.replace(/^file:/, ''))
  const isFirst = isRegularFile(one ?? '')
  if (isRegularFile(other ?? '')) {
    return isFirst || !isPlace(first) ? [] : [withWords([`file:${other}`, first])]
  }
  return second.includes('..') && isFirst ? [withWords([second, `file:${one}`])] : []
}

/** `fill VALUE RANGE`. */
function turnedFill({ name, words, withWords }: Given): string[][] {
  const [value = '', range = '', more] = words
  const isTurned = name === 'fill' && more === undefined && range.includes('..')
  return isTurned && !value.includes('..') ? [withWords([range, value])] : []
}

/** `copy RANGE RANGE`, `copy PLACE RANGE`: the length stands once, behind the first. */
function copiedRange({ name, words, withWords }: Given): string[][] {
  const [from = '', to = '', more] = words
  const [, place = '', length = ''] = /^(.+?)(\.\.\+.*)$/.exec(to) ?? []
  if (name !== 'copy' || more !== undefined || place === '') return []
  if (from.endsWith(length)) return [withWords([from, place])]
  return from.includes('..') ? [] : [withWords([from + length, place])]
}

/** `copy RANGE FILE`, of a file that is not there: dump makes one. */
function copiedToFile({ name, words, withWords }: Given): string[][] {
  const [range = '', file = '', more] = words
  const isNew = /[./]/.test(file) && !isPlace(file) && !existsSync(file)
  if (name !== 'copy' || more !== undefined || !range.includes('..') || !isNew) return []
  const line = withWords([range])
  return [[...line.with(line.indexOf(name), 'dump'), '-o', file]]
}

/** `read WIDTH PLACE`. */
function widthFirst({ error, words, withWords }: Given): string[][] {
  const [width = '', ...places] = words
  if (places.length === 0 || !isWidth(width) || width !== error.data.input) return []
  const line = withWords(places)
  return line.some((word) => /^(?:-w|--width)/.test(word)) ? [] : [[...line, '--width', width]]
}
