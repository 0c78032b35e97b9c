/** Places that are their own range, and ranges with an open end. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { TestFolder, testBytes } from '../testing/files.ts'
import { printed, run } from '../testing/run.ts'
import { accessesOf, recordedSim } from '../testing/sim.ts'

describe('a place that is its own range', () => {
  const own = new TestFolder()
  const bytes = testBytes(64)
  const path = own.file('own.bin', bytes)
  own.file('longer.bin', testBytes(128))
  own.file('odd.bin', bytes.subarray(0, 13))
  own.file('empty.bin', new Uint8Array(0))

  it('is dumped from there on', async () => {
    const whole = await run(`dump file:${path}`)
    expect(whole).toEqual(await run(`dump file:${path}..+64`))
    expect(await run(`dump file:${path}..`)).toEqual(whole)
    expect(await run(`dump file:${path}+0x20..`)).toEqual(await run(`dump file:${path}+0x20..+32`))
    expect(await run(`dump file:${path}+0x20`)).toEqual(await run(`dump file:${path}+0x20..+32`))
    const out = own.file('out.bin')
    expect((await run(`dump file:${path} -o ${out}`)).code).toBe(0)
    expect(new Uint8Array(readFileSync(out))).toEqual(bytes)
  })

  it('is read, searched, copied and filled', async () => {
    expect((await run(`read file:${path}+0x38.. -q`)).out.split('\n')).toHaveLength(3)
    const found = await run([...`search file:${path} -q`.split(' '), '01 08 0f'])
    expect(found).toEqual({ code: 0, out: `file:${path}\n`, err: '' })
    const copy = own.file('copy.bin', new Uint8Array(80))
    expect((await run(`copy file:${path} file:${copy}+16`)).code).toBe(0)
    expect(new Uint8Array(readFileSync(copy)).subarray(16)).toEqual(bytes)
    expect((await run(`fill file:${copy}+0x48.. ~0`)).code).toBe(0)
    expect(readFileSync(copy).subarray(68).toString('hex')).toBe(
      `${Buffer.from(bytes.subarray(52, 56)).toString('hex')}ffffffffffffffff`,
    )
  })

  it('is compared with what is as long', async () => {
    const same = own.file('same.bin', bytes)
    expect(await run(`compare file:${path} file:${same}`)).toEqual(printed('equal: 64 bytes'))
    expect(await run(`compare file:${path} ${same}`)).toEqual(printed('equal: 64 bytes'))
    for (const other of [`file:${own.file('longer.bin')}`, own.file('longer.bin')]) {
      expect(await run(`compare file:${path} ${other}`)).toEqual({
        code: 2,
        out: '',
        err: `physmem: ${other} has 128 bytes, and the range has 64\n  hint: give the range, A..+0x40, for so many\n`,
      })
      expect((await run(`compare file:${path}..+0x40 ${other}`)).out).toBe('equal: 64 bytes\n')
    }
    const shorter = await run(`compare file:${own.file('longer.bin')} file:${path}`)
    expect(shorter.err).toBe(`physmem: 0x0 to 0x7f is not inside ${path}: expected 0x0 to 0x3f\n`)
  })

  it('is 256 bytes of an address, which are shown and nothing else', async () => {
    const memory = await recordedSim()
    expect(await run('dump 0x40000000', { memory })).toEqual(
      await run('dump 0x40000000..+256', { memory }),
    )
  })

  it.each([
    [
      'dump 0x40000000 -o x.bin',
      '"0x40000000" is not a range: expected A..B or A..+LENGTH, such as 0x40000000..+0x100',
    ],
    [
      'dump 0x40000000 --fixed',
      '"0x40000000" is not a range: expected A..B or A..+LENGTH, such as 0x40000000..+0x100',
    ],
    [
      'dump 0x40000000..',
      '"0x40000000.." is not a range: its end is not known, expected A..B or A..+LENGTH, such as 0x40000000..+0x100',
    ],
    [
      'dump port:0x70 -w 8',
      '"port:0x70" is not a range: expected A..B or A..+LENGTH, such as port:0x70..+0x100',
    ],
    [
      'search 0x10 text:a',
      '"0x10" is not a range: expected A..B or A..+LENGTH, such as 0x10..+0x100',
    ],
    ['copy 0x10 0x20', '"0x10" is not a range: expected A..B or A..+LENGTH, such as 0x10..+0x100'],
    [
      `fill file:${path} 0`,
      `"file:${path}" is not a range: expected A..B or A..+LENGTH, such as file:${path}..+0x100`,
    ],
    [
      `dump file:${own.file('odd.bin')}`,
      `file:${own.file('odd.bin')}: 13 bytes are no whole number of 32-bit elements (or --width 8)`,
    ],
    [
      `dump file:${own.file('empty.bin')}`,
      `0x0 to 0x0 is not inside ${own.file('empty.bin')}: it is empty`,
    ],
    [`dump file:${path}+0x40`, `0x40 to 0x40 is not inside ${path}: expected 0x0 to 0x3f`],
  ])('refuses %s', async (line, message) => {
    const memory = await recordedSim()
    const ran = await run(line, line.includes('file:') ? {} : { memory })
    expect(ran).toEqual({ code: 2, out: '', err: `physmem: ${message}\n` })
    expect(accessesOf(memory)).toEqual([])
  })
})
