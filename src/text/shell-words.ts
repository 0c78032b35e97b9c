import { malformed, quote } from './refuse.ts'

/** What to do where a shell would act on a sign. */
type Instead = (sign: string) => string | undefined

/**
 * The words of one line, as a shell has them: blanks divide; '…' takes everything as it is; in "…",
 * and outside of quotes, \ takes the next character as it is; # begins a comment where a word could
 * begin. What a shell would act on is refused, so that no line means one thing here and another
 * thing there. Throws ESYNTAX, with what `instead` says of the sign as the cure.
 */
export function splitWords(line: string, instead?: Instead): string[] {
  if (simple.test(line)) return line.split(' ')
  const words: string[] = []
  /** Of the word that has begun; an empty one in quotes is a word, too. */
  let word: string | undefined
  let at = 0
  while (at < line.length) {
    const character = line.charAt(at)
    if (character === ' ' || character === '\t') {
      if (word !== undefined) words.push(word)
      word = undefined
      at++
    } else if (character === '#' && word === undefined) {
      break
    } else if (character === "'") {
      const end = line.indexOf("'", at + 1)
      if (end < 0) throw open(line, at)
      word = (word ?? '') + line.slice(at + 1, end)
      at = end + 1
    } else if (character === '"') {
      const quoted = inDoubleQuotes(line, at, instead)
      word = (word ?? '') + quoted.text
      at = quoted.end
    } else if (character === '\\') {
      if (at + 1 === line.length) {
        throw malformed(line, 'a command', 'nothing follows \\: a command is one line')
      }
      word = (word ?? '') + line.charAt(at + 1)
      at += 2
    } else {
      refuseSpecial(line, character, instead)
      word = (word ?? '') + character
      at++
    }
  }
  return word === undefined ? words : [...words, word]
}

/** A line of which a shell does nothing but divide it at single spaces. */
const simple = /^[\w@%+=:,./~-]+(?: [\w@%+=:,./~-]+)*$/

/** Words as a shell takes them, in one line: quoted where they have to be. */
export function shellLine(words: readonly string[]): string {
  return words.map(shellWord).join(' ')
}

/** A word as a shell takes it. */
function shellWord(word: string): string {
  return /^[\w@%+=:,./~-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

function inDoubleQuotes(
  line: string,
  start: number,
  instead: Instead | undefined,
): { text: string; end: number } {
  let text = ''
  for (let at = start + 1; at < line.length; at++) {
    const character = line.charAt(at)
    if (character === '"') return { text, end: at + 1 }
    const next = line.charAt(at + 1)
    if (character === '\\' && /["\\$`]/.test(next)) {
      text += next
      at++
    } else {
      if (/[$`]/.test(character)) refuseSpecial(line, character, instead)
      text += character
    }
  }
  throw open(line, start)
}

function open(line: string, start: number): Error {
  const mark = line.charAt(start)
  return malformed(
    line,
    'a command',
    `the ${mark} before ${quote(line.slice(start + 1))} has no end`,
  )
}

function refuseSpecial(line: string, sign: string, instead: Instead | undefined): void {
  if (!';&|<>()$`'.includes(sign)) return
  const cure = instead?.(sign)
  const what = `no shell acts on ${sign} here: quote it to mean the character`
  throw malformed(line, 'a command', what, cure === undefined ? {} : { cure })
}
