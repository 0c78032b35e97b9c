/** The quoting of bash, zsh and fish, as far as a word that is being typed needs it. */

/** A quote that is open where the cursor is; `''` for none. */
export type OpenQuote = '' | '"' | "'"

/** A line, taken apart up to the cursor. */
export interface TypedLine {
  /** Without quotes and backslashes; the last is unfinished, and may be empty. */
  words: string[]
  quote: OpenQuote
  /** How much of the last word stands before what the shell will replace. */
  kept: number
}

/**
 * Takes a line apart as a shell does, without expanding anything. A shell that completes by readline
 * replaces what follows the last of `breaks`, or after an open quote (bashline.c and complete.c,
 * _rl_find_completion_word): what is in quotes that are closed breaks nothing.
 */
export function readTypedLine(line: string, breaks = ''): TypedLine {
  const words: string[] = []
  let word: string | undefined
  let quote: OpenQuote = ''
  let kept = 0
  /** What it was before the quote that is open. */
  let outside = 0
  for (let at = 0; at < line.length; at++) {
    const character = line[at] ?? ''
    if (quote !== '') {
      if (character === quote) {
        kept = outside
        quote = ''
      } else if (quote === '"' && character === '\\' && /["\\$`]/.test(line[at + 1] ?? '')) {
        word += line[++at] ?? ''
      } else word += character
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word)
      word = undefined
      kept = 0
    } else if (character === '"' || character === "'") {
      word ??= ''
      quote = character
      outside = kept
      kept = word.length
    } else if (character === '\\') {
      word = (word ?? '') + (line[++at] ?? '')
    } else {
      word = (word ?? '') + character
      if (breaks.includes(character)) kept = word.length
    }
  }
  return { words: [...words, word ?? ''], quote, kept }
}

/** What a shell must read so that it understands this text, inside of the open quote. */
export function quoted(text: string, quote: OpenQuote): string {
  if (quote === "'") return text.replaceAll("'", `'\\''`)
  if (quote === '"') return text.replace(/["\\$`]/g, '\\$&')
  return text.replace(/[\s"'\\$`!&|;<>(){}[\]*?#]/g, '\\$&')
}
