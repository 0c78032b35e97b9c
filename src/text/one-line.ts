import { printable } from './refuse.ts'

const MOST_TEXT = 60

/** A text of a description on one line, cut where it is long, and without what a terminal would act on. */
export function oneLine(text = ''): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return printable(line.length > MOST_TEXT ? `${line.slice(0, MOST_TEXT - 1)}…` : line)
}
