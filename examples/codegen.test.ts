/** docs/codegen.md: what it shows is generated, compiled and run. */
import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { transform } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { run } from '../src/cli/testing/run.ts'
import { root, runProgram } from './testing/run.ts'

const page = readFileSync(join(root, 'docs/codegen.md'), 'utf8')
const description = /^\$ cat demo\.yaml\n(.*?)^\$ /ms.exec(page)?.[1] ?? ''
const programs = [...page.matchAll(/^```ts\n(.*?)^```$(?:\n+^```text\n(.*?)^```$)?/gms)]

const folder = join(root, 'build/codegen-page')
rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })
writeFileSync(join(folder, 'demo.yaml'), description)
const code = join(folder, 'demo.ts')
await run(['codegen', join(folder, 'demo.yaml'), '-o', code])

describe('the programs of docs/codegen.md', () => {
  it('print what is shown', async () => {
    const { code: translated } = await transform(readFileSync(code, 'utf8'), { loader: 'ts' })
    mkdirSync(join(root, 'build/examples'), { recursive: true })
    writeFileSync(join(root, 'build/examples/codegen-demo.mjs'), translated)
    const printing = programs.filter(([, , printed]) => printed !== undefined)
    expect(printing.length).toBe(2)
    for (const [index, [, source = '', printed]] of printing.entries()) {
      const own = source.replace('./demo.ts', './codegen-demo.mjs')
      expect(await runProgram(`codegen-${index}`, own)).toBe(printed)
    }
  })

  it('compile, except for the lines that are marked', async () => {
    const marked = programs.map(([, source = '']) => source.match(/@ts-expect-error/g)?.length ?? 0)
    expect(marked).toEqual([0, 0, 4])
    const files = programs.map(([, source = ''], index) => {
      const file = join(folder, `program-${index}.ts`)
      writeFileSync(file, source)
      return file
    })
    const library = readFileSync(join(root, 'docs/typescript.md'), 'utf8')
    const { compilerOptions } = JSON.parse(/^```json\n(.*?)^```$/ms.exec(library)?.[1] ?? '')
    const config = join(folder, 'tsconfig.json')
    const compiled = async (more: object) => {
      const options = {
        ...compilerOptions,
        skipLibCheck: true,
        ...more,
        outDir: join(folder, 'out'),
      }
      writeFileSync(config, JSON.stringify({ compilerOptions: options, include: [], files }))
      const tsc = join(root, 'node_modules/typescript/bin/tsc')
      const { stdout } = await promisify(execFile)(process.execPath, [tsc, '-p', config]).catch(
        (error: { stdout: string }) => error,
      )
      return stdout
    }
    // What the page says of its imports.
    expect(await compiled({ rewriteRelativeImportExtensions: true })).toBe('')
    expect(await compiled({})).toContain('error TS5097')
  }, 120_000)
})
