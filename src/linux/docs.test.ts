/** The programs of docs/linux.md print what is shown, on a recorded machine. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as linux from './index.ts'
import { FakeRoot } from './testing/fake-root.ts'

const page = readFileSync(new URL('../../docs/linux.md', import.meta.url), 'utf8')
const blocks = [...page.matchAll(/^```ts\n(.*?)^```\n\n```text\n(.*?)^```$/gms)]
const programs = blocks.map(([, source = '', printed = '']) => ({ source, printed }))

describe('docs/linux.md', () => {
  const folder = mkdtempSync(join(tmpdir(), 'physmem-docs-'))
  let tree: FakeRoot

  beforeAll(() => {
    tree = FakeRoot.recorded('x86_64-6.12')
  })
  afterAll(() => {
    tree[Symbol.dispose]()
    rmSync(folder, { recursive: true })
  })

  it('shows what every program prints', () => {
    expect(programs).toHaveLength(page.match(/^```ts$/gm)?.length ?? 0)
    expect(programs.length).toBeGreaterThan(3)
  })

  it.each(programs)('has a program %# that prints what is shown', async ({ source, printed }) => {
    const contents = source.replace('filesAt()', `filesAt(${JSON.stringify(tree.path)})`)
    expect(contents).not.toBe(source)
    const outfile = join(folder, 'program.mjs')
    const alias = { 'physmem/linux': fileURLToPath(new URL('index.ts', import.meta.url)) }
    const stdin = { contents, loader: 'ts' as const, resolveDir: folder }
    await build({
      stdin,
      outfile,
      alias,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
    })
    expect(execFileSync(process.execPath, [outfile], { encoding: 'utf8' })).toBe(printed)
  })

  it('names functions that there are', () => {
    const named = [...page.matchAll(/`([a-zA-Z]+)(?:\([^`]*\))?`/g)].map(([, name = '']) => name)
    const verbs = named.filter((name) =>
      /^(read|list|parse|decode|find|open|regions)[A-Z]/.test(name),
    )
    expect(verbs.length).toBeGreaterThan(25)
    for (const name of verbs) expect(linux).toHaveProperty(name)
  })
})

describe('docs/doctor.md', () => {
  const doctor = readFileSync(new URL('../../docs/doctor.md', import.meta.url), 'utf8')
  const [, section = ''] =
    /^## The words of the kernel's command line$(.*?)^## /ms.exec(doctor) ?? []
  const rows = [...section.matchAll(/^\| `([^`]+)` +\| (.*?) +\|$/gm)]
  const lines = [...section.matchAll(/^ {5}(\S+) {2,}(.*)$/gm)]

  it('has rows of words', () => {
    expect(rows.length).toBeGreaterThan(15)
    expect(lines).toHaveLength(2)
  })

  it.each([...rows, ...lines].map(([, word = '', effect]) => [word, effect]))(
    'says what %s does',
    (word, effect) => {
      const found = linux.memoryWordsOf(new linux.CommandLine(word))
      expect(found.map((one) => one.effect)).toEqual([effect])
    },
  )
})
