import type { ExecOptions } from './guest.ts'
import type { Machine } from './machine.ts'

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

/** Runs `physmem` in a guest, with these arguments as a shell takes them. */
export function physmem(
  machine: Machine,
  commandLine: string,
  options?: ExecOptions,
): Promise<Outcome> {
  return inGuest(machine, `physmem ${commandLine}`, options)
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

/** The outcome of `physmem … --json`, with the document that was printed. */
export async function physmemJson(
  machine: Machine,
  commandLine: string,
): Promise<Omit<Outcome, 'stdout'> & { readonly document: Document }> {
  const { stdout, stderr, exitCode } = await physmem(machine, `${commandLine} --json`)
  return { document: JSON.parse(stdout) as Document, stderr, exitCode }
}

interface Document {
  readonly error?: { readonly code: string; readonly message: string }
  readonly [member: string]: unknown
}
