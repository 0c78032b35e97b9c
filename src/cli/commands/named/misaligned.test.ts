/** Registers that do not lie at a multiple of their width: no single load reaches them. */
import { describe, expect, it } from 'vitest'
import { TestFolder } from '../../testing/files.ts'
import { printed, run } from '../../testing/run.ts'

const folder = new TestFolder()
const chip = folder.file(
  'odd.yaml',
  `blocks:
  X:
    registers:
      A: { offset: 0, width: 16 }
      B: { offset: 4, width: 32 }
      C: { offset: 8, width: 16 }
      D: { offset: 0x10, width: 64 }
`,
)
const bytes = folder.file('bytes.bin', new Uint8Array(32).fill(0x11))
const at = `${chip}@file:${bytes}+0x2`

describe('a register that does not lie at a multiple of its width', () => {
  it('is left out of a block, and named', async () => {
    const rows = [`${at}.A  0x1111`, `${at}.C  0x1111`]
    const left = `2 registers were not read: ${at}.B, ${at}.D (not at multiples of their width)`
    for (const line of [`read ${at}`, `read ${at}.*`, `read ${at} --force`]) {
      const ran = await run(line)
      expect(ran).toEqual({ ...printed(...rows), err: `physmem: ${left}\n` })
    }
  })

  it('is refused where it alone is named', async () => {
    const { code, err } = await run(`read ${at}.B --json`)
    const place = `file:${bytes}+0x6`
    expect({ code, err }).toEqual({
      code: 2,
      err:
        `physmem: ${at}.B: ${place} is not a multiple of 4: a 32-bit access needs 0x4 or 0x8\n` +
        `  hint: read its parts by address: physmem read ${place}..+4 --width 16\n`,
    })
    const written = await run(`write ${at}.B=1`)
    expect(written.err).toContain(`physmem: ${at}.B: `)
    expect(written.err).not.toContain('--width')
  })

  it('says so in the document', async () => {
    const { out } = await run(`read ${at} --json`)
    expect(JSON.parse(out).skipped).toEqual([
      { register: `${at}.B`, rule: 'misaligned', why: 'it is not aligned to 32 bits' },
      { register: `${at}.D`, rule: 'misaligned', why: 'it is not aligned to 64 bits' },
    ])
  })
})
