import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const here = fileURLToPath(new URL('.', import.meta.url))
const page = readFileSync(
  fileURLToPath(new URL('../../../docs/device-tree.md', import.meta.url)),
  'utf8',
)

it('docs/device-tree.md tells refusals in the words that tests assert', () => {
  const refusals = page.slice(page.indexOf('## Refusals'))
  const told = [...refusals.matchAll(/^\| `([^`]+)` +\|/gm)].map(([, text = '']) => text)
  const tests = readdirSync(here)
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => readFileSync(here + name, 'utf8'))
    .join('')
  expect(told.length).toBeGreaterThan(15)
  for (const text of told) expect(tests).toContain(text)
})
