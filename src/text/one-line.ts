import { printable } from './refuse.ts'

/** Characters of a text that stand in a line beside others. */
const TEXT_COLUMNS = 60

/** A text of a description on one line, cut where it is longer, and without what a terminal would act on. */
export function oneLine(text = '', most = TEXT_COLUMNS): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return printable(line.length > most ? `${line.slice(0, most - 1)}…` : line)
}
