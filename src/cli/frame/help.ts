/** What help says besides what commander lists; the man page says the same. */
import { schemes } from '../../place/schemes/index.ts'
import type { Command } from './command.ts'
import { BOARD, COLUMNS, TARGET } from './words.ts'
import { wrap } from './wrap.ts'

/** What follows the options in the help of a command. */
export function helpText({ notes = [], examples }: Command, columns: number): string {
  const paragraphs = notes.map((note) => `\n${wrap(note, columns)}\n`)
  const longest = Math.max(...examples.map(([line]) => line.length))
  const together = Math.max(
    ...examples.map(([, meaning]) => '  physmem    # '.length + longest + meaning.length),
  )
  // What explains a line is a comment to a shell: the whole may be pasted.
  const lines = examples.map(([line, meaning]) =>
    together > columns
      ? `  physmem ${line}\n${wrap(meaning, columns, '      # ')}`
      : `  physmem ${line.padEnd(longest)}   # ${meaning}`,
  )
  return `${paragraphs.join('')}\nExamples:\n${lines.join('\n')}`
}

/** Paragraphs of `physmem --help`, after the list of commands: a title, and what it is about. */
export const overview = {
  places: schemes.flatMap(({ example, otherExample = [] }) => [example].concat(otherExample)),
  grammar: [
    ['Bits', 'PLACE:5, PLACE:7:4'],
    ['Ranges', 'A..B (without B), A..+LENGTH, A.. (the rest)'],
    ['Sizes', '4k, 1M, 2G'],
  ],
  examples: [
    'physmem read 0xfed00000',
    'physmem write 0x10000020:7:4=0x3',
    'physmem wait 0x10000020:7=0 --timeout 50ms',
    'physmem dump 0x40000000..+1M -o ram.bin',
    'physmem --target sim: read 0x10000000',
  ],
  environment: [
    [TARGET, 'the target of commands without --target, such as sim:'],
    [BOARD, 'the board file of commands without --board'],
    [COLUMNS, 'how wide help is where it is printed on no terminal'],
    ['NO_COLOR', 'no colours or highlights, if it is set and not empty'],
  ],
  exitCodes:
    '0 done, 1 failed or refused, 2 the command line is wrong, 3 the condition was not met',
  signals:
    'Ctrl-C, SIGTERM and SIGHUP end every command, which cleans up and dies of the signal: a shell ' +
    'shows 130, 143 or 129. The same holds when the program that it ran died of one.',
} as const

export function overviewText(columns: number): string {
  const { places, grammar, examples, environment, exitCodes } = overview
  const entries = [['Places', places.join('   ')] as const, ...grammar]
  const table = entries.map(([title, text]) => {
    const lead = `${title}:`.padEnd(9)
    return lead + wrap(text, columns, ' '.repeat(lead.length)).trimStart()
  })
  return [
    '',
    ...table,
    '',
    'Examples:',
    ...examples.map((line) => `  ${line}`),
    wrap(
      'The last one is on a simulated board: it needs no root and no hardware.',
      columns,
      '      # ',
    ),
    '',
    'Environment:',
    ...environment.map(
      ([name, meaning]) =>
        `  ${name.padEnd(16)}${wrap(meaning, columns - 18, ' '.repeat(18)).trimStart()}`,
    ),
    '',
    wrap(`Exit codes: ${exitCodes}`, columns),
  ].join('\n')
}
