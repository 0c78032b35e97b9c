/** What is wrong with the form of a YAML text, in words of ours. */

/** What yaml says of it: a code, and for some codes several sentences of its own. */
export interface Broken {
  code: string
  message: string
}

/** Why a text is not YAML. What yaml can find besides is too rare for words of its own. */
export function whyBroken({ code, message }: Broken): string {
  const [, sentence] = BY_SENTENCE.find(([pattern]) => pattern.test(message)) ?? []
  return sentence ?? BY_CODE[code] ?? 'this is not YAML: quote texts with special characters'
}

/** The codes MISSING_CHAR and BAD_INDENT mean several things each. */
const BY_SENTENCE: readonly [RegExp, string][] = [
  [/^Missing closing .quote$/, 'a quote is not closed'],
  [/^Flow map .* end with a }$/, 'a } is missing: a { is not closed'],
  [/^Flow sequence .* end with a \]$/, 'a ] is missing: a [ is not closed'],
  [/followed by map values$/, 'a colon is missing after this key'],
  [/^Missing , /, 'a comma is missing before this'],
  [/^Missing space after :/, 'a blank is missing after the colon'],
  [/must start at the same column$/, 'this line is indented differently from those beside it'],
  [/^Comments must be separated/, 'a blank is missing before the #'],
]

const BY_CODE: Readonly<Record<string, string>> = {
  BAD_DQ_ESCAPE: 'this escape does not exist: in single quotes, \\ is an ordinary character',
  BAD_INDENT: 'this line is indented differently from what it belongs to',
  BAD_SCALAR_START: 'a text that begins with this character must be quoted',
  BLOCK_AS_IMPLICIT_KEY:
    'this is a second key in one line: write it on its own line, or quote the text',
  BLOCK_IN_FLOW: 'inside of brackets a comma is missing, or something is not in brackets',
  KEY_OVER_1024_CHARS: 'a key has more than 1024 characters',
  MULTILINE_IMPLICIT_KEY: 'a colon is missing: a key is on one line, with a colon after it',
  MULTIPLE_DOCS: 'a second document begins here (---): a file has one',
  TAB_AS_INDENT: 'this line is indented with a tab: use blanks',
  TAG_RESOLVE_FAILED: 'this tag is not known: quote a text that begins with !',
  UNEXPECTED_TOKEN: 'this is unexpected: a bracket or a quote may be missing before it',
}
