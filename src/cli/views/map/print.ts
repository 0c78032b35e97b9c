import type { Context } from '../../frame/context.ts'

/** So many lines are one text. */
const LINES = 10_000

/** Prints any number of lines. */
export function printLines(context: Context, lines: readonly string[]): void {
  for (let at = 0; at < lines.length; at += LINES) context.print(lines.slice(at, at + LINES))
}
