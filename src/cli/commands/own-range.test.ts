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

  it('is compared as far as both go', async () => {
    const same = own.file('same.bin', bytes)
    expect(await run(`compare file:${path} file:${same}`)).toEqual(printed('equal: 64 bytes'))
    expect(await run(`compare file:${path} ${same}`)).toEqual(printed('equal: 64 bytes'))
    const longer = own.file('longer.bin')
    for (const other of [`file:${longer}`, longer]) {
      expect(await run(`compare file:${path} ${other}`)).toEqual({
        code: 3,
        out: '',
        err: `physmem: file:${path} has 64 bytes, and ${other} 128: only the first 64 were compared, which are equal\n`,
      })
      expect((await run(`compare file:${path}..+0x40 ${other}`)).out).toBe('equal: 64 bytes\n')
    }
    expect(await run(`compare file:${longer} file:${path}`)).toEqual({
      code: 3,
      out: '',
      err: `physmem: file:${longer} has 128 bytes, and file:${path} 64: only the first 64 were compared, which are equal\n`,
    })
    const empty = `${own.file('empty.bin')}`
    expect((await run(`compare file:${path}..+64 ${empty}`)).err).toBe(
      `physmem: ${empty} has 0 bytes, but the range has 64\n`,
    )
  })

  it('differs from one that is empty, and two that are empty are equal', async () => {
    const empty = own.file('empty.bin')
    const length = `file:${path} has 64 bytes`
    for (const other of [empty, `file:${empty}`]) {
      expect(await run(`compare file:${path} ${other}`)).toEqual({
        code: 3,
        out: '',
        err: `physmem: ${length}, and ${other} is empty\n`,
      })
      expect(await run(`compare file:${empty} ${other}`)).toEqual({
        code: 0,
        out: 'equal: both are empty\n',
        err: '',
      })
    }
    expect(await run(`compare file:${empty} file:${path}`)).toEqual({
      code: 3,
      out: '',
      err: `physmem: file:${empty} is empty, and ${length}\n`,
    })
    expect(await run(`compare file:${empty} file:${path} --quiet`)).toEqual({
      code: 3,
      out: '',
      err: '',
    })
    const { code, out } = await run(`compare file:${empty} file:${path} --json`)
    expect(code).toBe(3)
    expect(JSON.parse(out)).toEqual({
      command: 'compare',
      left: { place: `file:${empty}`, address: 0, length: 0 },
      right: { place: `file:${path}`, address: 0, length: 64 },
      ...{ length: 0, width: 32, equal: false, differing: 0, differingBytes: 0, differences: [] },
    })
  })

  it('is compared with a device in accesses of the width that is asked for, and no others', async () => {
    const memory = await recordedSim()
    const odd = own.file('odd.bin')
    expect(await run(`compare 0x40000000..+13 ${odd}`, { memory })).toEqual({
      code: 2,
      out: '',
      err: 'physmem: 0x40000000..+13: 13 bytes are not a whole number of 32-bit elements\n  hint: use --width 8\n',
    })
    expect(accessesOf(memory)).toEqual([])
  })

  it('is that of the other side for an address', async () => {
    const memory = await recordedSim()
    const four = own.file('four.bin', '\0\0\0\0')
    const equal = printed('equal: 4 bytes')
    expect(await run(`compare 0x40000000 ${four}`, { memory })).toEqual(equal)
    expect(await run(`compare 0x40000000 file:${four} -t sim:`)).toEqual(equal)
    expect(accessesOf(memory)).toEqual(['r32 0x40000000'])
    const odd = own.file('odd.bin')
    for (const [other, why] of [
      [
        '0x40000010',
        '"0x40000000" is not a range: expected A..B or A..+LENGTH, such as 0x40000000..+0x100\n  hint: say how long it is: physmem compare 0x40000000..+0x100 0x40000010',
      ],
      [odd, `${odd}: 13 bytes are not a whole number of 32-bit elements\n  hint: use --width 8`],
      [own.file('empty.bin'), `${own.file('empty.bin')} is empty`],
    ]) {
      expect(await run(`compare 0x40000000 ${other}`, { memory })).toEqual({
        ...{ code: 2, out: '' },
        err: `physmem: ${why}\n`,
      })
    }
    expect(accessesOf(memory)).toHaveLength(1)
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
      '"0x40000000" is not a range: expected A..B or A..+LENGTH, such as 0x40000000..+0x100\n  hint: say how long it is: physmem dump 0x40000000..+0x100 -o x.bin',
    ],
    [
      'dump 0x40000000 --fixed',
      '"0x40000000" is not a range: --fixed reads the place as often as a range says, expected A..B or A..+LENGTH, such as 0x40000000..+0x100',
    ],
    [
      'dump 0x40000000..',
      '"0x40000000.." is not a range: its end is not known, expected A..B or A..+LENGTH, such as 0x40000000..+0x100',
    ],
    [
      'dump port:0x70 -w 8',
      '"port:0x70" is not a range: expected A..B or A..+LENGTH, and --act-on-ports to access them all',
    ],
    [
      'search 0x10 text:a',
      '"0x10" is not a range: expected A..B or A..+LENGTH, such as 0x10..+0x100\n  hint: say how long it is: physmem search 0x10..+0x100 text:a',
    ],
    ['copy 0x10 0x20', '"0x10" is not a range: expected A..B or A..+LENGTH, such as 0x10..+0x100'],
    [
      `fill file:${path} 0`,
      `"file:${path}" is not a range: expected A..B, A..+LENGTH or A.., such as file:${path}..+0x100`,
    ],
    [
      `dump file:${own.file('odd.bin')} --width 32`,
      `file:${own.file('odd.bin')}: 13 bytes are not a whole number of 32-bit elements\n  hint: use --width 8`,
    ],
    [
      `read file:${own.file('odd.bin')}..`,
      `file:${own.file('odd.bin')}..: 13 bytes are not a whole number of 32-bit elements\n  hint: use --width 8`,
    ],
    [`dump file:${own.file('empty.bin')}`, `file:${own.file('empty.bin')} is empty`],
    [`dump file:${own.file('empty.bin')} -o ${path}`, `file:${own.file('empty.bin')} is empty`],
    [`search file:${own.file('empty.bin')} 00`, `file:${own.file('empty.bin')} is empty`],
    [`copy file:${own.file('empty.bin')} file:${path}`, `file:${own.file('empty.bin')} is empty`],
    [`read file:${own.file('empty.bin')}..`, `file:${own.file('empty.bin')} is empty`],
    [
      `dump file:${own.file('empty.bin')}+0x4`,
      `nothing is at file:${own.file('empty.bin')}+0x4: ${own.file('empty.bin')} is empty`,
    ],
    [`dump file:${path}+0x40`, `nothing is at file:${path}+0x40: ${path} ends at 0x40`],
    [`dump file:${path}+0x1000..`, `nothing is at file:${path}+0x1000: ${path} ends at 0x40`],
    [`read file:${path}+0x40 --width 8`, `0x40 is not inside ${path}: expected 0x0 to 0x3f`],
  ])('refuses %s', async (line, message) => {
    const memory = await recordedSim()
    const ran = await run(line, line.includes('file:') ? {} : { memory })
    expect(ran).toEqual({ code: 2, out: '', err: `physmem: ${message}\n` })
    expect(accessesOf(memory)).toEqual([])
  })
})

describe('a file of any length', () => {
  const folder = new TestFolder()
  const five = folder.file('five.bin', 'aboot')
  const six = folder.file('six.bin', 'abootz')
  const other = folder.file('other.bin', 'aBoot')
  const shown = (text: string, width: number) =>
    `physmem: ${text} is shown with ${width} bits per element: its length is not a multiple of 32 bits
`

  it('is dumped with the widest elements that divide it, and says so', async () => {
    expect(await run(`dump file:${five}`)).toEqual({
      code: 0,
      out: `file:${five}..+0x5\n0x00000000  61 62 6f 6f 74                                    |aboot|\n`,
      err: shown(`file:${five}`, 8),
    })
    expect((await run(`dump file:${six}`)).out).toContain('0x00000000  6261 6f6f 7a74 ')
    expect((await run(`dump file:${six}`)).err).toBe(shown(`file:${six}`, 16))
    expect((await run(`dump file:${six}+2..`)).out).toContain('0x00000002  6f6f 7a74 ')
    expect((await run(`dump file:${six}+1..+4`)).out).toContain('62 6f 6f 74 ')
    expect(await run(`dump file:${five} -q`)).toMatchObject({ code: 0, err: '' })
    expect(JSON.parse((await run(`dump file:${five} --json`)).out)).toMatchObject({
      ...{ width: 8, bytes: 5 },
      pieces: [{ bytes: 5, data: '61626f6f74' }],
    })
    const out = folder.file('out.bin')
    const saved = await run(`dump file:${five} -o ${out}`)
    expect(saved).toEqual(printed(`5 bytes from file:${five} are in ${out}`))
    expect(readFileSync(out, 'utf8')).toBe('aboot')
  })

  it('is searched to its end and not after it', async () => {
    expect(await run(`search file:${five} text:boot -q`)).toEqual(printed(`file:${five}+0x1`))
    expect(await run(`search file:${six} 0x7a746f6f -q`)).toEqual(printed(`file:${six}+0x2`))
    expect((await run(`search file:${five} text:booty`)).code).toBe(3)
    expect((await run(`search file:${five} text:boot --width 32`)).err).toBe(
      `physmem: file:${five}: 5 bytes are not a whole number of 32-bit elements\n  hint: use --width 8\n`,
    )
  })

  it('is compared, with a difference in what it has and in how much', async () => {
    expect(await run(`compare file:${five} file:${five}`)).toEqual(printed('equal: 5 bytes'))
    expect(await run(`compare file:${five} file:${other}`)).toEqual({
      code: 3,
      out: `file:${five}+0x1  0x62  0x42\n`,
      err: `physmem: file:${five} and file:${other} differ in 1 of 5 bytes\n`,
    })
    expect(await run(`compare file:${other} ${six}`)).toEqual({
      code: 3,
      out: `file:${other}+0x1  0x42  0x62\n`,
      err:
        `physmem: file:${other} and ${six} differ in 1 of 5 bytes\n` +
        `physmem: file:${other} has 5 bytes, and ${six} 6: only the first 5 were compared\n`,
    })
    expect(JSON.parse((await run(`compare file:${six} file:${five} --json`)).out)).toEqual({
      command: 'compare',
      left: { place: `file:${six}..+0x5`, address: 0, length: 6 },
      right: { place: `file:${five}..+0x5`, address: 0, length: 5 },
      ...{ length: 5, width: 8, differing: 0, differingBytes: 0, differences: [], equal: false },
    })
  })

  it('is copied to another file', async () => {
    const copy = folder.file('copy.bin', '.......')
    expect((await run(`copy file:${five} file:${copy}+1`)).code).toBe(0)
    expect(readFileSync(copy, 'utf8')).toBe('.aboot.')
  })
})

it('text is looked for in a device with accesses of the width that is asked for, and no others', async () => {
  const memory = await recordedSim()
  const whole = '6 bytes are not a whole number of 32-bit elements\n  hint: use --width 16'
  for (const pattern of ['text:a', '61', '0x41']) {
    expect(await run(['search', '0x40000000..+6', pattern], { memory })).toEqual({
      ...{ code: 2, out: '' },
      err: `physmem: 0x40000000..+6: ${whole}\n`,
    })
    expect((await run(['search', '0x40000001..+8', pattern], { memory })).code).toBe(2)
  }
  expect(accessesOf(memory)).toEqual([])
  expect((await run('search 0x40000001..+6 text:a -w 8', { memory })).code).toBe(3)
  expect(accessesOf(memory)).toEqual([1, 2, 3, 4, 5, 6].map((at) => `r8 0x4000000${at}`))
})
