import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build, transform } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hostArch } from '../lab/supply/arch.ts'
import { ensureNode, hasNode } from '../lab/supply/node-binary.ts'
import { root } from './testing/run.ts'

const run = promisify(execFile)

/** Reads of a simulated board, which needs no engine, and of a file, which does. */
const PROGRAM = `
import { open } from 'physmem'
async function main(): Promise<void> {
  const board = await open('sim:')
  console.log((await board.read32(0x1000_0000)).toString(16))
  const described = await open('sim:board.yaml')
  console.log(described.name)
  try {
    const file = await open('file:bytes.bin', { mode: 'read' })
    console.log(await file.read8(0))
  } catch (error) {
    console.log((error as Error).message)
  }
}
void main()
`

const PRINTED = '50484d31\nsim:board.yaml\n42\n'

const BOARD = `
name: small
regions:
  ram: { kind: ram, base: 0x1000, size: 4k }
`

const NO_ENGINE =
  `the engine for linux-${process.arch} was not found, since this program is a bundle: ` +
  'mark the module physmem as external in the bundler, and keep it installed where the bundle can import it'

/** A folder with what the program reads; with physmem installed, or without. */
function place(name: string, installed: boolean): string {
  const made = join(folder, `${++places}-${name}`)
  mkdirSync(join(made, 'node_modules'), { recursive: true })
  writeFileSync(join(made, 'bytes.bin'), Uint8Array.of(42, 1, 2, 3))
  writeFileSync(join(made, 'board.yaml'), BOARD)
  writeFileSync(join(made, 'main.ts'), PROGRAM)
  if (installed) symlinkSync(root, join(made, 'node_modules/physmem'))
  return made
}

let folder: string
let places = 0
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'physmem-bundlers-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('a bundle by esbuild', () => {
  const formats = [
    ['esm', 'mjs'],
    ['cjs', 'cjs'],
  ] as const

  async function bundle(format: 'esm' | 'cjs', outfile: string, external: string[] = []) {
    const source = place('source', true)
    await build({
      ...{ absWorkingDir: source, entryPoints: ['main.ts'], outfile, external, format },
      ...{ bundle: true, platform: 'node', target: 'node20', logLevel: 'error' },
      logOverride: { 'empty-import-meta': 'silent' },
    })
  }

  it.each(formats)('as %s finds the engine of the package beside it', async (format, ending) => {
    const installed = place(`installed-${format}`, true)
    const file = join(installed, `out.${ending}`)
    await bundle(format, file)
    const { stdout } = await run(process.execPath, [file], { cwd: installed })
    expect(stdout).toBe(PRINTED)
  })

  it.each(formats)('as %s says what helps where there is none', async (format, ending) => {
    const bare = place(`bare-${format}`, false)
    const file = join(bare, `out.${ending}`)
    await bundle(format, file)
    const { stdout } = await run(process.execPath, [file], { cwd: bare })
    expect(stdout).toBe(`50484d31\nsim:board.yaml\n${NO_ENGINE}\n`)
  })

  it('that marks it as external imports the package', async () => {
    const installed = place('external', true)
    const file = join(installed, 'out.mjs')
    await bundle('esm', file, ['physmem'])
    expect(readFileSync(file, 'utf8').length).toBeLessThan(5000)
    const { stdout } = await run(process.execPath, [file], { cwd: installed })
    expect(stdout).toBe(PRINTED)
  })

  it('is made by the line of the page', async () => {
    const page = readFileSync(join(root, 'docs/bundlers.md'), 'utf8')
    const line = /^```sh\n(esbuild .*)\n```$/m.exec(page)?.[1] ?? ''
    const installed = place('by-line', true)
    const PATH = `${join(root, 'node_modules/.bin')}:${process.env.PATH}`
    await run('sh', ['-c', line], { cwd: installed, env: { ...process.env, PATH } })
    expect(readFileSync(join(installed, 'main.mjs'), 'utf8').length).toBeLessThan(5000)
    const { stdout } = await run(process.execPath, ['main.mjs'], { cwd: installed })
    expect(stdout).toBe(PRINTED)
  })

  it('looks for no engine in the working directory', async () => {
    const installed = place('working-directory', true)
    const bare = place('elsewhere', false)
    const file = join(bare, 'out.mjs')
    await bundle('esm', file)
    const { stdout } = await run(process.execPath, [file], { cwd: installed })
    expect(stdout).toContain(NO_ENGINE)
  })
})

describe('physmem by several of its names', () => {
  const page = readFileSync(join(root, 'docs/bundlers.md'), 'utf8')
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const names = Object.keys(exports).map((path) => path.replace(/^\./, 'physmem'))

  it('is one copy of it, by the line of the page', async () => {
    const line = /^```sh\n(esbuild .*)\n```$/m.exec(page)?.[1] ?? ''
    const installed = place('two-names', true)
    const source = `
      import { PhysmemError } from 'physmem'
      import { openSim } from 'physmem/sim'
      const board = await openSim()
      const error: unknown = await board.read32(1).catch((reason) => reason)
      console.log(error instanceof PhysmemError)
    `
    writeFileSync(join(installed, 'main.ts'), source)
    const PATH = `${join(root, 'node_modules/.bin')}:${process.env.PATH}`
    await run('sh', ['-c', line], { cwd: installed, env: { ...process.env, PATH } })
    const { stdout } = await run(process.execPath, ['main.mjs'], { cwd: installed })
    expect(stdout).toBe('true\n')
  })

  it.each(['rollup', 'webpack'])('are all external to %s, and no other package is', (bundler) => {
    const row = new RegExp(`// ${bundler}\\.[^#]*?externals?: \\[/(.*)/\\]`).exec(page)
    const external = new RegExp(row?.[1] ?? 'none')
    expect(names).toContain('physmem/sim')
    expect(names.filter((name) => !external.test(name))).toEqual([])
    expect(
      ['physmem-tools', 'my-physmem', './physmem'].filter((name) => external.test(name)),
    ).toEqual([])
  })
})

describe('a program in TypeScript', () => {
  const tsx = join(root, 'node_modules/tsx/dist/cli.mjs')

  it('is run by tsx', async () => {
    const installed = place('tsx', true)
    const { stdout } = await run(process.execPath, [tsx, '--no-cache', 'main.ts'], {
      cwd: installed,
    })
    expect(stdout).toBe(PRINTED)
  })

  for (const major of [22, 24] as const) {
    it(`is run by Node ${major}, which strips its types`, async (context) => {
      if (!hostArch || !hasNode(hostArch, major)) {
        return context.skip(`the lab has no Node ${major} in its cache`)
      }
      const node = await ensureNode(hostArch, major)
      const version = (await run(node, ['--version'])).stdout
      if (/^v22\.[0-5]\./.test(version)) return context.skip('types are stripped since Node 22.6')
      const installed = place(`stripped-${major}`, true)
      const args = ['--no-warnings', '--experimental-strip-types', 'main.ts']
      expect((await run(node, args, { cwd: installed })).stdout).toBe(PRINTED)
    })
  }

  for (const major of [22, 24] as const) {
    it(`of CommonJS is run by tsx on Node ${major}`, async (context) => {
      if (!hostArch || !hasNode(hostArch, major)) {
        return context.skip(`the lab has no Node ${major} in its cache`)
      }
      const node = await ensureNode(hostArch, major)
      const installed = place(`tsx-${major}`, true)
      writeFileSync(join(installed, 'main.cts'), PROGRAM)
      const { stdout } = await run(node, [tsx, '--no-cache', 'main.cts'], { cwd: installed })
      expect(stdout).toBe(PRINTED)
    })
  }
})

it('require() gives what import does', async (context) => {
  if (!process.features.require_module) return context.skip('this Node requires no ES modules')
  const installed = place('required', true)
  const file = join(installed, 'main.cjs')
  const { code } = await transform(PROGRAM, { loader: 'ts', format: 'cjs', target: 'node20' })
  writeFileSync(file, code)
  const { stdout, stderr } = await run(process.execPath, [file], { cwd: installed })
  expect({ stdout, stderr }).toEqual({ stdout: PRINTED, stderr: '' })
})
