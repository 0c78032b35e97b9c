import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { unpackBlock } from './blocks/packed.ts'
import {
  packSources,
  readPacked,
  readShippedBlock,
  readShippedIndex,
  writePacked,
} from './shipped.ts'

const folder = mkdtempSync(join(tmpdir(), 'physmem-blocks-'))
afterAll(() => rmSync(folder, { recursive: true }))

it('is packed into files that give the index and the blocks back', async () => {
  const packed = await packSources()
  writePacked(folder, packed)
  expect(JSON.parse(readPacked(folder, 'index'))).toEqual(packed.index)
  expect(readdirSync(folder).sort()).toEqual(
    ['index', ...packed.blocks.keys()].map((name) => `${name}.json`).sort(),
  )
  for (const [name, text] of packed.blocks) {
    expect(readPacked(folder, name)).toBe(text)
    expect(unpackBlock(text).name).toBe(name)
  }
})

it('is read from its sources in a clone', async () => {
  const packed = await packSources()
  expect(await readShippedIndex()).toEqual(packed.index)
  expect(await readShippedBlock('pl011')).toBe(packed.blocks.get('pl011'))
})

it('says what is missing where a bundler has moved the program', () => {
  expect(() => readPacked('/nowhere', 'index')).toThrow(
    expect.objectContaining({
      code: 'EOPEN',
      message:
        'the descriptions of known devices are not beside the program: /nowhere/index.json cannot be read. Where a bundler has moved it: mark the module physmem as external, and keep it installed',
    }),
  )
})
