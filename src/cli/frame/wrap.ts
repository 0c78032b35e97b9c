/**
 * What is never broken: a word, with what is quoted in it (`iomem:"HPET 0"`), and an option or a dash
 * with what follows it (`--timeout 50ms`, `- to`).
 */
const WORD = /(\s*)((?:-{1,2}[\w-]*(?<!,) )?(?:"[^"\s]+ [^"\s]+"|\S)+)/g

/** Nothing is wrapped to less. */
export const LEAST_COLUMNS = 20

/** Breaks at blanks between words; several blanks between them are left as they are. */
export function wrap(text: string, columns: number, indent = ''): string {
  const width = Math.max(LEAST_COLUMNS, columns - indent.length)
  const lines: string[] = []
  let line = ''
  for (const [, gap = '', word = ''] of text.matchAll(WORD)) {
    if (line === '') line = word
    else if (line.length + gap.length + word.length <= width) line += gap + word
    else {
      lines.push(line)
      line = word
    }
  }
  return [...lines, line].map((one) => indent + one).join('\n')
}
