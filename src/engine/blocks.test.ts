import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { Width } from '../base/width.ts'
import { open } from '../open.ts'

const folder = mkdtempSync(join(tmpdir(), 'physmem-blocks-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Over the end of a page and the beginning of the next. */
const bytes = Uint8Array.from({ length: 8192 }, (_, index) => (index * 151 + (index >> 8)) & 0xff)

describe('a block of the engine', () => {
  it.each<Width>([8, 16, 32, 64])(
    'of %i bits has any length and begins anywhere',
    async (width) => {
      const path = join(folder, `block-${width}`)
      writeFileSync(path, bytes)
      await using memory = await open(`file:${path}`)
      const size = width / 8
      for (let first = 0; first < 4; first++) {
        for (const base of [0, 4096 - 4 * size]) {
          for (let count = 1; count <= 13; count++) {
            const start = base + first * size
            const block = await memory.readBlock(start, width, count)
            const got = new Uint8Array(block.buffer, block.byteOffset, block.byteLength)
            expect(Buffer.from(got)).toEqual(
              Buffer.from(bytes.subarray(start, start + count * size)),
            )
          }
        }
      }
    },
  )
})
