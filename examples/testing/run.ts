import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { transform } from 'esbuild'

export const root = fileURLToPath(new URL('../..', import.meta.url))

/**
 * Runs a program as its user would: in a process of its own, with `physmem` imported by name, which
 * leads to the built package. Types are taken off first: Node 20 runs no TypeScript.
 */
export async function runProgram(
  name: string,
  source: string,
  args: readonly string[] = [],
  cwd = root,
): Promise<string> {
  if (!existsSync(join(root, 'dist/index.js'))) {
    throw new Error('the package is not built: node scripts/setup.mjs')
  }
  // Inside the project, where the project's name leads to itself.
  const folder = join(root, 'build/examples')
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `${name}.mjs`)
  const { code } = await transform(source, { loader: 'ts', format: 'esm', target: 'node20' })
  writeFileSync(file, code)
  const options = { cwd, timeout: 15_000 }
  const { stdout } = await promisify(execFile)(process.execPath, [file, ...args], options)
  return stdout
}
