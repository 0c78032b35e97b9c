import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterAll, describe, expect, it } from 'vitest'
import { defaultBoard } from './default-board.ts'
import { parseBoard } from './open.ts'
import { REGISTER_KEYS } from './schema.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
// Tables may be padded for the eye.
const page = readFileSync(join(root, 'docs/simulated-board.md'), 'utf8').replace(/ +\|/g, ' |')

/** The text of a block of code in a language; `index` counts from 0. */
function block(language: string, index = 0): string {
  const blocks = [...page.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 'gs'))]
  const found = blocks[index]?.[1]
  if (found === undefined) throw new Error(`the page has no ${language} block ${index}`)
  return found
}

describe('docs/simulated-board.md', () => {
  // Inside the repository, so that the program finds the packages that physmem needs.
  const folder = mkdtempSync(join(root, 'node_modules', '.physmem-docs-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  it('has an example that does what it says', async () => {
    writeFileSync(join(folder, 'board.yaml'), block('yaml'))
    await build({
      stdin: { contents: block('ts'), resolveDir: folder, loader: 'ts' },
      alias: { 'physmem/sim': join(root, 'src/memory/sim/index.ts') },
      external: ['yaml', 'valibot'],
      outfile: join(folder, 'example.mjs'),
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      logLevel: 'error',
    })
    const printed = execFileSync(process.execPath, ['example.mjs'], { cwd: folder })
    expect(printed.toString()).toBe(block('text'))
  })

  it('has a driver that is tested without its hardware', async () => {
    writeFileSync(join(folder, 'board.yaml'), block('yaml'))
    await build({
      stdin: { contents: block('ts', 1), resolveDir: folder, loader: 'ts' },
      alias: {
        'physmem/sim': join(root, 'src/memory/sim/index.ts'),
        physmem: join(root, 'src/index.ts'),
      },
      external: ['yaml', 'valibot'],
      outfile: join(folder, 'driver.mjs'),
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      logLevel: 'error',
    })
    const printed = execFileSync(process.execPath, ['driver.mjs'], { cwd: folder })
    expect(printed.toString()).toBe(block('text', 1))
  })

  it('explains every kind of register and every key of it', () => {
    const rows = new Map(
      [...page.matchAll(/^\| ((?:`[\w-]+`(?:, )?)+) \|.*$/gm)].flatMap(([row, first = '']) =>
        first.split(', ').map((key) => [key.replaceAll('`', ''), row] as const),
      ),
    )
    for (const [kind, keys] of Object.entries(REGISTER_KEYS)) {
      expect([...rows.keys()]).toContain(kind)
      for (const key of keys) {
        const own = page
          .split('\n')
          .some((row) => row.startsWith(`| \`${kind}\``) && row.includes(`\`${key}\``))
        expect(own || rows.has(key), `${key} of ${kind}`).toBe(true)
      }
    }
  })

  it('lists the registers of the built-in board where they are', async () => {
    const { regions } = await parseBoard(defaultBoard)
    for (const [name, region] of Object.entries(regions)) {
      const digits = region.base.toString(16).padStart(8, '0')
      expect(page).toContain(`| \`0x${digits.slice(0, 4)}_${digits.slice(4)}\` | \`${name}\` |`)
    }
    const { demo } = regions
    if (demo?.kind !== 'device') throw new Error('the board has no demo block')
    for (const [name, { offset }] of Object.entries(demo.registers)) {
      expect(page).toContain(`| 0x${offset.toString(16).padStart(2, '0')} | \`${name}\` |`)
    }
  })
})
