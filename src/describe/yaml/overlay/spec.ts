/**
 * Which parts a key of an overlay means: names and patterns, parted by commas, in any of which `*`
 * is any letters, `?` is one, and `[AB]` one of these. A `?~` before it: none need be there.
 */
export interface Spec {
  text: string
  /** Nothing need match. */
  isOptional: boolean
  matches(name: string): boolean
  /** What the wildcards stand for in a name, in one piece: `3` of `CH3_CR` for `CH*_CR`. */
  middle(name: string): { before: string; middle: string; after: string } | undefined
}

type Token = { kind: 'star' } | { kind: 'one'; letters?: ReadonlySet<string> } | string

export function parseSpec(text: string): Spec {
  const isOptional = text.startsWith('?~')
  const patterns = (isOptional ? text.slice(2) : text).split(',').map((one) => one.trim())
  const parsed = patterns.map((pattern) => ({ pattern, tokens: tokensOf(pattern) }))
  return {
    text,
    isOptional,
    // A name such as CH[%s] is itself before it is a pattern.
    matches: (name) =>
      parsed.some(({ pattern, tokens }) => pattern === name || fits(tokens, [...name])),
    middle: (name) => {
      for (const { tokens } of parsed) {
        if (fits(tokens, [...name])) return split(tokens, name)
      }
      return undefined
    },
  }
}

function tokensOf(pattern: string): Token[] {
  const tokens: Token[] = []
  const letters = [...pattern]
  for (let index = 0; index < letters.length; index++) {
    const letter = letters[index] as string
    const end = letter === '[' ? letters.indexOf(']', index + 1) : -1
    if (letter === '*') tokens.push({ kind: 'star' })
    else if (letter === '?') tokens.push({ kind: 'one' })
    else if (end > index + 1) {
      tokens.push({ kind: 'one', letters: setOf(letters.slice(index + 1, end)) })
      index = end
    } else tokens.push(letter)
  }
  return tokens
}

/** `A`, `B` and `2-5`. */
function setOf(letters: readonly string[]): Set<string> {
  const set = new Set<string>()
  for (let index = 0; index < letters.length; index++) {
    const [first = '', dash, last] = letters.slice(index, index + 3)
    const [from, to] = [first.codePointAt(0) ?? 0, last?.codePointAt(0) ?? 0]
    if (dash === '-' && from <= to && to - from < 128) {
      for (let code = from; code <= to; code++) set.add(String.fromCodePoint(code))
      index += 2
    } else set.add(first)
  }
  return set
}

/** One look back at the last star is enough: no pattern takes forever. */
function fits(tokens: readonly Token[], name: readonly string[]): boolean {
  let at = 0
  let star = -1
  let resume = 0
  let index = 0
  while (index < name.length) {
    const token = tokens[at]
    if (token !== undefined && isStar(token)) {
      star = at++
      resume = index
    } else if (token !== undefined && fitsOne(token, name[index] as string)) {
      at++
      index++
    } else if (star >= 0) {
      at = star + 1
      index = ++resume
    } else return false
  }
  return tokens.slice(at).every(isStar)
}

function isStar(token: Token): boolean {
  return typeof token !== 'string' && token.kind === 'star'
}

function fitsOne(token: Token, letter: string): boolean {
  if (typeof token === 'string') return token === letter
  return token.kind === 'one' && (token.letters?.has(letter) ?? true)
}

/** From the first wildcard to the last. */
function split(tokens: readonly Token[], name: string) {
  const first = tokens.findIndex((token) => typeof token !== 'string')
  if (first < 0) return undefined
  const behind = [...tokens].reverse().findIndex((token) => typeof token !== 'string')
  const letters = [...name]
  return {
    before: letters.slice(0, first).join(''),
    middle: letters.slice(first, letters.length - behind).join(''),
    after: letters.slice(letters.length - behind).join(''),
  }
}
