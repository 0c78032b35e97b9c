import { execFile } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join, relative } from 'node:path'
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
    // Those need a card: examples/edu-driver.ts is the same as one program, and is run.
    const driver = programsOf('docs/user-space-driver.md')
    expect(driver.length).toBe(4)
    // Those need a machine that has what they name: they are right as far as types tell.
    const others = pages
      .filter((page) => !['docs/typescript.md', 'docs/user-space-driver.md'].includes(page))
      // Those import what is generated: codegen.test.ts has them.
      .filter((page) => page !== 'docs/codegen.md')
      .flatMap((page) => programsOf(page))
    expect(others.length).toBeGreaterThan(10)
    const files = [...programs, ...driver, ...others].map(({ source }, index) => {
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
      readFileSync(join(root, 'src/base/errors.ts'), 'utf8'),
    )?.[1]
    const codes = [...(union ?? '').matchAll(/'(E\w+)'/g)].map(([, code]) => code)
    expect(codes.length).toBeGreaterThan(20)
    const listed = [...page.matchAll(/^\| +\| `(E\w+)` +\|/gm)].map(([, code]) => code)
    expect(listed.sort()).toEqual(codes.sort())
  })
})

describe('docs/user-space-driver.md', () => {
  it('has a line that translates the driver for an older Node', async () => {
    const page = readFileSync(join(root, 'docs/user-space-driver.md'), 'utf8')
    const block = /^cp (\S+) \.\nnpx esbuild (.*)\nnode (\S+) (.*)$/m.exec(page)
    const [, copied = '', words = '', file = ''] = block ?? []
    const folder = await mkdtemp(join(tmpdir(), 'physmem-docs-'))
    try {
      mkdirSync(join(folder, 'node_modules'))
      symlinkSync(root, join(folder, 'node_modules/physmem'))
      copyFileSync(join(folder, copied), join(folder, basename(copied)))
      const run = promisify(execFile)
      await run(join(root, 'node_modules/.bin/esbuild'), words.split(' '), { cwd: folder })
      // Without a card it goes as far as asking for one.
      await expect(run(process.execPath, [file], { cwd: folder })).rejects.toMatchObject({
        stderr: expect.stringContaining('PCI-ADDRESS'),
      })
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
})

describe('docs/refusals.md', () => {
  const page = readFileSync(join(root, 'docs/refusals.md'), 'utf8')
  const told = [...page.matchAll(/^\| `([^`]+)` +\|/gm)].map(([, text = '']) => text)

  it('tells refusals in the words that tests assert', () => {
    const tests = ['src/engine', 'src/ways', 'src/kmod', 'src/refusal', 'lab/tests']
      .flatMap((folder) => namesBelow(folder, /\.test\.ts$/))
      .map((file) => readFileSync(join(root, file), 'utf8'))
    expect(told.length).toBeGreaterThan(10)
    for (const text of told) {
      expect(
        tests.some((test) => test.includes(text)),
        text,
      ).toBe(true)
    }
  })
})

describe('docs/doctor.md', () => {
  it('quotes sentences that tests assert', () => {
    const page = readFileSync(join(root, 'docs/doctor.md'), 'utf8')
    const quoted = [...page.matchAll(/^> (.*)$/gm)].map(([, text = '']) => text)
    const folders = ['src/doctor', 'src/engine', 'src/ways', 'src/kmod', 'src/refusal', 'lab/tests']
    const tests = folders
      .flatMap((folder) => namesBelow(folder, /\.test\.ts$/))
      .map((file) => readFileSync(join(root, file), 'utf8'))
    expect(quoted.length).toBeGreaterThan(10)
    for (const text of quoted) {
      expect(
        tests.some((test) => test.includes(text)),
        text,
      ).toBe(true)
    }
  })
})

const pages = [
  ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md'],
  ...namesIn('docs', /\.md$/),
  ...namesIn('docs/experiments', /\.md$/),
]

function namesIn(folder: string, pattern: RegExp): string[] {
  return namesOf(folder, pattern, false)
}

function namesBelow(folder: string, pattern: RegExp): string[] {
  return namesOf(folder, pattern, true)
}

function namesOf(folder: string, pattern: RegExp, recursive: boolean): string[] {
  return readdirSync(join(root, folder), { recursive, encoding: 'utf8' })
    .filter((name) => pattern.test(name))
    .map((name) => `${folder}/${name}`)
}

function textOf(page: string): string {
  return readFileSync(join(root, page), 'utf8').replace(/^```.*?^```$/gms, '')
}

/** As GitHub makes them. */
function anchorsOf(page: string): string[] {
  return [...textOf(page).matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .replace(/ /g, '-'),
  )
}

describe.each(pages)('%s', (page) => {
  it('links to what there is', () => {
    for (const [, target = ''] of textOf(page).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(target)) continue
      const [file = '', anchor] = target.split('#')
      const path = file === '' ? page : join(dirname(page), file)
      expect(existsSync(join(root, path)), target).toBe(true)
      if (anchor !== undefined) expect(anchorsOf(path), target).toContain(anchor)
    }
  })

  it('names files that there are', () => {
    for (const [path] of textOf(page).matchAll(
      /\b(src|lab|native|examples|scripts)\/[\w/.-]*\w/g,
    )) {
      expect(existsSync(join(root, path)), path).toBe(true)
    }
  })
})

describe('docs/lab.md', () => {
  it('tells of every test on machines', () => {
    for (const folder of ['lab/machine', 'lab/supply', 'lab/tests']) {
      for (const file of namesBelow(folder, /\.test\.ts$/)) {
        expect(textOf('docs/lab.md')).toContain(relative('lab', file).replace(/^tests\//, ''))
      }
    }
  })
})

describe('every kind of place', () => {
  const table = textOf('src/place/schemes/index.ts')

  it('is named in docs/commands.md', () => {
    const [row = ''] = /^\| PLACE .*$/m.exec(textOf('docs/commands.md')) ?? []
    const kinds = [...row.matchAll(/`(\w+):`/g)].map(([, kind]) => kind)
    const [, all = ''] = /^const table = \[(.*?)\]/ms.exec(table) ?? []
    expect(['address', ...kinds]).toEqual(all.match(/\w+/g))
  })

  it('has a type that is published', () => {
    const published = textOf('src/place/index.ts')
    const files = namesBelow('src/place/schemes', /\.ts$/).filter(
      (file) => !/index\.ts$/.test(file),
    )
    const types = files.flatMap((file) =>
      [...textOf(file).matchAll(/^export interface (\w+Place)\b/gm)].map(([, name]) => name),
    )
    expect(types.length).toBeGreaterThan(10)
    for (const name of types) expect(published).toMatch(new RegExp(`\\b${name}\\b`))
  })
})

describe('docs/architecture.md', () => {
  it('tells of every dependency and every room', () => {
    const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8')
    const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    for (const name of Object.keys(dependencies)) expect(page).toContain(`| ${name} `)
    const folders = readdirSync(join(root, 'src'), { withFileTypes: true })
    for (const { name } of folders.filter((entry) => entry.isDirectory())) {
      expect(page).toMatch(new RegExp(`^ +${name}/ `, 'm'))
    }
  })

  it.each(['docs/architecture.md', 'CONTRIBUTING.md'])('%s names files that there are', (name) => {
    const page = readFileSync(join(root, name), 'utf8')
    const named = [
      ...page.matchAll(/(?<![\w./-])(?:src|native|kmod|lab|docs|examples)\/[\w./-]*\w/g),
    ]
    expect(named.length).toBeGreaterThan(15)
    const missing = named.map(([file]) => file).filter((file) => !existsSync(join(root, file)))
    expect(missing).toEqual([])
  })

  it.each(['docs/architecture.md', 'CONTRIBUTING.md'])('%s names sources by their ends', (name) => {
    const sources = ['src', 'native', 'kmod', 'lab', 'docs', 'examples', 'scripts']
      .flatMap((folder) => namesBelow(folder, /\.(?:[cm]?[jt]s|[ch]|json|md)$/))
      .map((file) => `/${file}`)
    const named = textOf(name).matchAll(/(?<![\w./*-])(?:[\w-]+\/)*[\w-]+\.(?:ts|mjs|c|h)\b/g)
    // That of the first plan.
    const missing = [...new Set([...named].map(([file]) => file))].filter(
      (file) => file !== 'engine.c' && !sources.some((source) => source.endsWith(`/${file}`)),
    )
    expect(missing).toEqual([])
  })

  it('leads a newcomer from argv to the load instruction', () => {
    const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8')
    const [, read = ''] = /^## Follow one read$(.*?)^## /ms.exec(page) ?? []
    const stations = ['src/cli/start/main.ts', 'src/operate/plan.ts', 'native/access.h']
    const at = stations.map((file) => read.indexOf(file))
    expect(at).not.toContain(-1)
    expect(at).toEqual([...at].sort((one, other) => one - other))
  })
})
