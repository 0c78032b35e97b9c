import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root, runProgram } from './testing/run.ts'

/** The programs of a page, each with the text that it prints. */
function programsOf(page: string): { source: string; printed: string | undefined }[] {
  const text = readFileSync(join(root, page), 'utf8')
  const blocks = text.matchAll(/^```ts\n(.*?)^```$(?:\n+^```text\n(.*?)^```$)?/gms)
  return [...blocks].map(([, source = '', printed]) => ({ source, printed }))
}

const programs = programsOf('docs/typescript.md')

describe('docs/typescript.md', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'physmem-docs-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it.each(programs.map((program, index) => [index + 1, program] as const))(
    'has a program %i that prints what is shown',
    async (number, { source, printed }) => {
      expect(await runProgram(`typescript-${number}`, source, [], folder)).toBe(printed)
    },
  )

  it('has programs without a type error', async () => {
    // Inside the project, where its name leads to itself.
    const checked = join(root, 'build/docs')
    rmSync(checked, { recursive: true, force: true })
    mkdirSync(checked, { recursive: true })
    const files = programs.map(({ source }, index) => {
      const file = join(checked, `typescript-${index + 1}.ts`)
      writeFileSync(file, source)
      return file
    })
    const config = join(checked, 'tsconfig.json')
    writeFileSync(config, JSON.stringify({ extends: '../../tsconfig.json', include: [], files }))
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    const { stdout } = await promisify(execFile)(process.execPath, [tsc, '-p', config])
    expect(stdout).toBe('')
  }, 60_000)

  it('lists every error code', () => {
    const page = readFileSync(join(root, 'docs/typescript.md'), 'utf8')
    const union = /export type ErrorCode =(.*?)\n\n/s.exec(
      readFileSync(join(root, 'src/errors.ts'), 'utf8'),
    )?.[1]
    const codes = [...(union ?? '').matchAll(/'(E\w+)'/g)].map(([, code]) => code)
    expect(codes.length).toBeGreaterThan(20)
    const listed = [...page.matchAll(/^\| +\| `(E\w+)` +\|/gm)].map(([, code]) => code)
    expect(listed.sort()).toEqual(codes.sort())
  })
})

describe('docs/kinds-of-memory.md', () => {
  const page = readFileSync(join(root, 'docs/kinds-of-memory.md'), 'utf8')
  const refusals = page.slice(page.indexOf('## Refusals'))
  const told = [...refusals.matchAll(/^\| `([^`]+)` +\|/gm)].map(([, text = '']) => text)

  it('tells refusals in the words that tests assert', () => {
    const tests = ['src/memory/local', 'lab'].flatMap((folder) =>
      readdirSync(join(root, folder))
        .filter((name) => name.endsWith('.test.ts'))
        .map((name) => readFileSync(join(root, folder, name), 'utf8')),
    )
    expect(told.length).toBeGreaterThan(10)
    for (const text of told) {
      expect(
        tests.some((test) => test.includes(text)),
        text,
      ).toBe(true)
    }
  })
})
