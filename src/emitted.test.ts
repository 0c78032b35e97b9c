/** What the compiler makes of the sources: it must name files that dist has. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')
const { compilerOptions } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8'))
const { options } = ts.convertCompilerOptionsFromJson(compilerOptions, root)

// The compiler leaves `import('./x.ts')` as it is in a block that has `using`.
it('no import() of a source stands in a block with using', () => {
  const sources = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !/\.test\.ts$|testing\//.test(name))
    .map((name) => ({ name, text: readFileSync(join(import.meta.dirname, name), 'utf8') }))
    .filter(({ text }) => /\busing \w/.test(text) && text.includes('import('))
  expect(sources.length).toBeGreaterThan(0)
  const left = sources.filter(({ text }) =>
    /import\(["'][^"']*\.ts["']\)/.test(
      ts.transpileModule(text, { compilerOptions: { ...options, noEmit: false } }).outputText,
    ),
  )
  expect(left.map(({ name }) => name)).toEqual([])
})
