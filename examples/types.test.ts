import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
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
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  return await promisify(execFile)(process.execPath, [tsc, '-p', folder]).then(
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
