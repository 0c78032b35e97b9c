/** What tells names of registers from places: all that a command needs which takes either. */
import { schemeOf } from './schemes/index.ts'

const component = String.raw`[\w*?]+(?:\[[\w*?]+\])*`
export const path = String.raw`(?![0-9])${component}(?:\.${component})*`
const field = String.raw`[A-Za-z_]\w*(?:\[\w+\])?`
export const suffix = String.raw`(?::(${field})|((?::[0-9]\w*){1,3}))?`
export const pciFunction = String.raw`pci:(?:(?:[0-9a-f]{1,8}:)?[0-9a-f]{1,2}:[0-9a-f]{1,2}\.[0-7]|[0-9a-f]{4}:[0-9a-f]{4}(?:#[0-9]+)?)`

export const bare = new RegExp(`^(${path})${suffix}$`)
export const onPci = new RegExp(`^(${pciFunction})(/[^.:]*)?\\.(${path})${suffix}$`, 'i')
export const behindPlace = new RegExp(`^\\.(${path})${suffix}$`)
/** What follows the operand of an assignment or a condition. */
const valued = /(?:(?:[!=<>]=|[=<>])[^=<>]*|\{[^{}]*\})$/s

/**
 * Whether a word, perhaps with a value, is read as names of registers. What the grammar of places
 * takes never is; what it has a suggestion for may be: `fed00000`, which only is no name where nothing
 * has it.
 */
export function isNamed(word: string): boolean {
  const scheme = schemeOf(word)
  if (scheme !== undefined && scheme.name !== 'pci') return false
  const text = word.replace(valued, '')
  const found = bare.exec(text)
  // `serail0:5` may be a scheme that is misspelt.
  if (found) return text.includes('.') || (found[2] === undefined && found[3] === undefined)
  return onPci.test(text) || isPut(text)
}

/** `BLOCK@PLACE`. No place without a scheme has an `@`. */
export function isPut(text: string): boolean {
  const at = text.indexOf('@')
  return at > 0 && schemeOf(text) === undefined
}

/** Of words that may be names of registers the parser of all others; a name it takes as it is. */
export function orName<T>(plain: (text: string) => T): (text: string) => T | undefined {
  return (text) => (isNamed(text) ? undefined : plain(text))
}
