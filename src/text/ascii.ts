/** By escapes: the bundle of the command is ASCII. */
const PLAIN: Readonly<Record<string, string>> = {
  '\u2026': '...',
  '\u00d7': 'x',
  '\u2013': '-',
  '\u00b5': 'u',
}

/** The text for a terminal or a reader whose locale has ASCII only. Names that others chose stay. */
export function asciiOf(text: string): string {
  return text.replace(/[\u00b5\u00d7\u2013\u2026]/g, (character) => PLAIN[character] ?? character)
}
