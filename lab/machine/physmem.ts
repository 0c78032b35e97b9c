import type { ExecOptions } from './guest.ts'
import type { Machine } from './machine.ts'
import { plainWords } from './words.ts'

/** What a run of the command gave to whoever started it. */
export interface Outcome {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
}

const text = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('')

/** All went well, and exactly these lines were printed. */
export const printed = (...lines: string[]): Outcome => ({
  stdout: text(lines),
  stderr: '',
  exitCode: 0,
})

/** Nothing was printed but these lines on stderr. */
export const failed = (exitCode: 1 | 2 | 3, ...lines: string[]): Outcome => ({
  stdout: '',
  stderr: text(lines),
  exitCode,
})

/** The commands that have run in this file of tests. */
const started = new Set<string>()

/**
 * Runs `physmem` in a guest, with these arguments as a shell takes them. In each file of tests the
 * first run of a command (`read`, `map`, …), and all that needs a shell, is started as a user does
 * it; the others are forked from a process that has started already, which takes a fifth of the time.
 */
export async function physmem(
  machine: Machine,
  commandLine: string,
  options?: ExecOptions,
): Promise<Outcome> {
  const words = plainWords(commandLine)
  const name = words?.find((word) => !word.startsWith('-')) ?? ''
  if (words === undefined || !machine.canFork || !started.has(name)) {
    started.add(name)
    return inGuest(machine, `physmem ${commandLine}`, options)
  }
  const { stdout, stderr, exitCode } = await machine.run(words, options)
  return { stdout, stderr, exitCode }
}

/** Runs any command line in a guest. */
export async function inGuest(
  machine: Machine,
  commandLine: string,
  options?: ExecOptions,
): Promise<Outcome> {
  const { stdout, stderr, exitCode } = await machine.exec(commandLine, options)
  return { stdout, stderr, exitCode }
}

/** The outcome of `physmem … --json`, with the document that was printed, checked by its schema. */
export async function physmemJson(
  machine: Machine,
  commandLine: string,
): Promise<Omit<Outcome, 'stdout'> & { readonly document: Document }> {
  const { stdout, stderr, exitCode } = await physmem(machine, `${commandLine} --json`)
  // The demo takes this file into its bundle, where no schemas are.
  const { checkDocuments } = await import('../../src/cli/testing/schemas.ts')
  checkDocuments(stdout)
  return { document: JSON.parse(stdout) as Document, stderr, exitCode }
}

interface Document {
  readonly error?: { readonly code: string; readonly message: string }
  readonly [member: string]: unknown
}
