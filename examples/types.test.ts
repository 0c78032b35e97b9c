import { execFile } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { generate } from '../src/describe/codegen/generate.ts'
import { chip } from '../src/describe/codegen/testing/chip.ts'
import { root } from './testing/run.ts'

/** What tsc says of a program that imports the built package. */
async function compile(name: string, source: string): Promise<string> {
  const folder = join(root, 'build/types', name)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'program.ts'), source)
  const extended = '../../../tsconfig.json'
  const config = { extends: extended, include: [], files: ['program.ts'] }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
  return await tsc(folder)
}

async function tsc(project: string): Promise<string> {
  const command = join(root, 'node_modules/typescript/bin/tsc')
  return await promisify(execFile)(process.execPath, [command, '-p', project]).then(
    ({ stdout }) => stdout,
    ({ stdout }: { stdout: string }) => stdout,
  )
}

const program = readFileSync(join(root, 'examples/testing/types.ts'), 'utf8')

it('values follow the width by type', async () => {
  expect(await compile('right', program)).toBe('')
}, 60_000)

it('what is asserted of types would be missed', async () => {
  const wrong = program
    .replaceAll('exactly<bigint>()', 'exactly<number | bigint>()')
    .replaceAll(/^ *\/\/ @ts-expect-error .*\n/gm, '')
  const said = await compile('wrong', wrong)
  const expected = [...program.matchAll(/exactly<bigint>\(\)|@ts-expect-error/g)].length
  expect([...said.matchAll(/error TS/g)].length).toBe(expected)
}, 60_000)

describe('generated code', () => {
  const chipFile = join(root, 'examples/testing/chip.ts')
  const registers = readFileSync(join(root, 'examples/testing/registers.ts'), 'utf8').replace(
    './chip.ts',
    '../../../examples/testing/chip.ts',
  )

  it('is what would be generated today', () => {
    expect(readFileSync(chipFile, 'utf8')).toBe(generate(chip, chip.blocks, 'toy.yaml').text)
  })

  it('takes what its description has', async () => {
    expect(await compile('registers', registers)).toBe('')
  }, 60_000)

  it('refuses each line that its description has not', async () => {
    const wrong = registers.replaceAll(/^ *\/\/ @ts-expect-error .*\n/gm, '')
    const said = await compile('registers-wrong', wrong)
    const expected = [...registers.matchAll(/@ts-expect-error/g)].length
    expect([...said.matchAll(/error TS/g)].length).toBe(expected)
  }, 60_000)
})

it('typed arrays have no parameters in what is published: they have none before TypeScript 5.7', () => {
  const dist = join(root, 'dist')
  const generic = /\b(?:\w+\d+(?:Clamped)?Array|DataView|Buffer)<.*/
  const files = readdirSync(dist, { recursive: true, encoding: 'utf8' })
  const declared = files.filter((name) => name.endsWith('.d.ts'))
  expect(declared.length).toBeGreaterThan(50)
  const found = declared.map((name) => [name, generic.exec(readFileSync(join(dist, name), 'utf8'))])
  expect(found.filter(([, match]) => match !== null)).toEqual([])
})

describe('the compiler options of docs/typescript.md', () => {
  const page = readFileSync(join(root, 'docs/typescript.md'), 'utf8')
  const { compilerOptions } = JSON.parse(/^```json\n(.*?)^```$/ms.exec(page)?.[1] ?? '{}')

  const source = `
    import { mapWindow, open, PhysmemError } from 'physmem'
    import { examine } from 'physmem/doctor'
    import { openSim } from 'physmem/sim'
    export async function main(): Promise<number> {
      using window = await mapWindow('file:x', { length: 4 })
      await using memory = await open('sim:')
      await using board = await openSim()
      console.log(board.board.name, (await examine()).findings.length, PhysmemError.name)
      return window.read32(0) + (await memory.read(0, 32))
    }
    await main()
  `

  /** What tsc says where the package is installed, and nothing else but Node's types. */
  async function inProject(options: object, type = 'module'): Promise<string> {
    const folder = mkdtempSync(join(tmpdir(), 'physmem-types-'))
    try {
      mkdirSync(join(folder, 'node_modules'))
      symlinkSync(root, join(folder, 'node_modules/physmem'))
      symlinkSync(join(root, 'node_modules/@types'), join(folder, 'node_modules/@types'))
      writeFileSync(join(folder, 'package.json'), JSON.stringify({ type }))
      writeFileSync(join(folder, 'main.ts'), source)
      const config = { compilerOptions: { ...options, noEmit: true }, files: ['main.ts'] }
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
      return await tsc(folder)
    } finally {
      rmSync(folder, { recursive: true })
    }
  }

  it('are all that a program needs', async () => {
    expect(await inProject(compilerOptions)).toBe('')
  }, 60_000)

  it('are for a project of ES modules, which the page makes', async () => {
    expect(page).toMatch(/^npm pkg set type=module /m)
    expect(await inProject(compilerOptions, 'commonjs')).toContain('error TS1309')
  }, 60_000)

  it('are needed: without the types of Node nothing is found', async () => {
    expect(await inProject({ ...compilerOptions, types: [] })).toContain('error TS')
  }, 60_000)
})
