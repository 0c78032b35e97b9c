import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

export interface CommandOptions {
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
  readonly input?: Uint8Array
  /** Exit codes that are not failures; 0 only, when absent. */
  readonly accept?: readonly number[]
}

/** Runs a program of the host and gives its standard output; a failure carries what it printed. */
export function command(
  program: string,
  parameters: readonly string[],
  options: CommandOptions = {},
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, {
      cwd: options.cwd,
      env: options.env,
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    const output: Buffer[] = []
    const errors: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk))
    child.stdin.on('error', () => {}) // a program that stops reading reports itself by its exit code
    child.stdin.end(options.input)
    child.on('error', (cause) => reject(new Error(`cannot run ${program}`, { cause })))
    child.on('close', (code, signal) => {
      if (code !== null && (options.accept ?? [0]).includes(code)) {
        resolve(Buffer.concat(output))
        return
      }
      const printed = Buffer.concat([...errors, ...output])
        .toString()
        .trimEnd()
        .slice(-4000)
      const line = [program, ...parameters].join(' ')
      reject(new Error(`${line}\nended with ${signal ?? `exit code ${code}`}:\n${printed}`))
    })
  })
}

/** Where a program is on the PATH, if it is. */
export function findProgram(program: string): string | undefined {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, program)
    try {
      accessSync(path, constants.X_OK)
      return path
    } catch {
      // not in this folder
    }
  }
  return undefined
}
