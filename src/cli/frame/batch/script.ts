import { readFileSync } from 'node:fs'
import { fileError } from '../../../operate/files.ts'
import { splitWords } from '../../../text/shell-words.ts'

/** What messages call standard input. */
export const STDIN = 'stdin'

const APART = 'one line is one command: write the next on a line of its own'
const WRITTEN = 'write what it stands for, or have a shell write the lines for physmem batch -'

/** What to write where a shell would act on a sign. */
const INSTEAD: Readonly<Record<string, string>> = {
  ';': APART,
  '&': APART,
  '|': 'pipe what physmem prints, in the shell that starts it',
  '<': "name the file: load PLACE FILE; quote a condition: wait '0x10<4'",
  '>': "name the file: dump RANGE -o FILE; quote a condition: wait '0x10>4'",
  '(': WRITTEN,
  ')': WRITTEN,
  $: WRITTEN,
  '`': WRITTEN,
}

/** One line that holds a command, or what is wrong with its words. */
export interface ScriptLine {
  /** From 1. */
  number: number
  words: readonly string[]
  /** A RequestError. */
  error?: unknown
}

export interface Script {
  /** What messages call it. */
  file: string
  lines: ScriptLine[]
}

/** Reads a file of commands to its end; `-` is standard input. Throws when it cannot be read. */
export function readScript(path: string): Script {
  const file = path === '-' ? STDIN : path
  try {
    const text = path === '-' ? readInput() : readFileSync(path, 'utf8')
    return { file, lines: parseScript(text) }
  } catch (error) {
    throw fileError(file, 'read', error)
  }
}

/** The lines that hold a command. Comments and empty lines are left out. */
export function parseScript(text: string): ScriptLine[] {
  // Editors of Windows begin a file of UTF-8 with a byte order mark.
  const texts = text.replace(/^\ufeff/, '').split('\n')
  const lines: ScriptLine[] = []
  for (const [index, line] of texts.entries()) {
    const number = index + 1
    try {
      const words = splitWords(
        line.endsWith('\r') ? line.slice(0, -1) : line,
        (sign) => INSTEAD[sign],
      )
      // As it is typed at a shell.
      if (words.length > 0)
        lines.push({ number, words: words[0] === 'physmem' ? words.slice(1) : words })
    } catch (error) {
      lines.push({ number, words: [], error })
    }
  }
  return lines
}

function readInput(): string {
  for (;;) {
    try {
      return readFileSync(0, 'utf8')
    } catch (error) {
      // Somebody made the pipe non-blocking, and it is empty.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
    }
  }
}
