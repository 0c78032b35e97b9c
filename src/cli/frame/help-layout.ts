/** How wide help is, and how what commander lists is laid out in it. */
import { type Command as Commander, Help } from 'commander'
import type { Command } from './command.ts'
import type { Output } from './io.ts'
import { patternOf } from './option-spec.ts'
import { wrap } from './wrap.ts'

/** Longer lines are hard to read, and in shorter ones nothing stands. */
const MOST_COLUMNS = 100
const LEAST_COLUMNS = 40

/** Descriptions begin here where beside the longest term less than `LEAST_TEXT` would be left for them. */
const NARROW_TERM = 14
const LEAST_TEXT = 40

/** Around a term. */
const GAP = '  '

/** How wide help is: as the terminal, within reason. */
export function helpColumns({ columns }: Pick<Output, 'columns'>): number {
  return Math.max(LEAST_COLUMNS, Math.min(columns, MOST_COLUMNS))
}

/** How wide the column of commands, arguments and options is. */
export function termColumns(command: Commander, helper: Help): number {
  const longest = Help.prototype.padWidth(command, helper)
  const text = columnsOf(helper) - longest - 2 * GAP.length
  return text < LEAST_TEXT ? Math.min(longest, NARROW_TERM) : longest
}

/** A term and what it is: beside it, or below one that is longer than its column. */
export function helpItem(term: string, width: number, text: string, helper: Help): string {
  if (text === '') return GAP + term
  const indent = ' '.repeat(width + 2 * GAP.length)
  const wrapped = wrap(text, columnsOf(helper), indent)
  if (term.length > width) return `${GAP}${term}\n${wrapped}`
  return GAP + term.padEnd(indent.length - GAP.length) + wrapped.trimStart()
}

/** The words of a command after `Usage: `. */
export function commandUsage(name: string, command: Command, columns: number): string {
  const lead = `Usage: physmem ${name} `
  const usage = ['[options]', ...command.arguments.map(patternOf)].join(' ')
  return `physmem ${name} ${wrap(usage, columns, ' '.repeat(lead.length)).trimStart()}`
}

function columnsOf({ helpWidth = 80 }: Help): number {
  return helpWidth
}
