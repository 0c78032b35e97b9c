/** compare and search. */
import { describe, expect, it } from 'vitest'
import { TestFolder, testBytes } from '../testing/files.ts'
import { run } from '../testing/run.ts'
import { accessesOf, recordedSim } from '../testing/sim.ts'

const MiB = 2 ** 20
const folder = new TestFolder()

describe('compare', () => {
  it('says that two places are equal', async () => {
    const ran = await run('--target sim: compare 0x40000000..+64 0x40000100')
    expect(ran).toEqual({ code: 0, out: 'equal: 64 bytes\n', err: '' })
  })

  it('lists the first differences, and counts all', async () => {
    expect(await run('--target sim: compare 0..+32 0x40000000 --max 2')).toEqual({
      code: 3,
      out:
        '0x00000000  0x73796870  0x00000000\n' +
        '0x00000004  0x206d656d  0x00000000\n' +
        '… and 6 more elements\n',
      err: 'physmem: 0x00000000 and 0x40000000 differ in 32 of 32 bytes\n',
    })
  })

  it('compares with a file, which may be longer', async () => {
    const bytes = testBytes(2 * MiB + 4)
    const memory = folder.file('memory.bin', bytes)
    const file = folder.file('file.bin', bytes)
    const line = `compare file:${memory}..+${2 * MiB} ${file}`
    expect(await run(line)).toEqual({ code: 0, out: `equal: ${2 * MiB} bytes\n`, err: '' })
    bytes[MiB + 5] = 0
    folder.file('file.bin', bytes)
    const { code, out } = await run(line)
    expect({ code, out }).toEqual({
      code: 3,
      out: expect.stringMatching(
        new RegExp(`^file:${memory}\\+0x100004 {2}0x\\w{8} {2}0x\\w{4}00\\w\\w\n$`),
      ),
    })
  })

  it('says how far it got where an access fails, and what differs so far', async () => {
    const failed =
      'physmem: 32-bit read at 0x1000003c failed: demo.BROKEN answers every access with a bus error\n'
    const ran = (line: string) => run(`--target sim: compare ${line}`)
    expect(await ran('0x10000038..+8 0x0')).toEqual({
      ...{ code: 1, out: '' },
      err: `${failed}  done: compared 4 of 8 bytes, 4 of which differ\n`,
    })
    expect(await ran('0x1000003c..+4 0x40000000')).toEqual({
      ...{ code: 1, out: '' },
      err: `${failed}  done: compared 0 of 4 bytes\n`,
    })
  })

  it('prints JSON', async () => {
    const { code, out } = await run('--target sim: compare 0..+8 0x40000000 --json --max 1')
    expect(code).toBe(3)
    expect(JSON.parse(out)).toEqual({
      command: 'compare',
      left: { place: '0x0..+0x8', address: 0 },
      right: { place: '0x40000000..+0x8', address: 0x40000000 },
      length: 8,
      width: 32,
      equal: false,
      differing: 2,
      differingBytes: 8,
      differences: [{ offset: 0, left: 0x73796870, right: 0 }],
    })
  })

  it('names a file in JSON, and has an empty list where nothing differs', async () => {
    const file = folder.file('same.bin', Buffer.from('physmem '))
    const { code, out } = await run(`--target sim: compare 0..+8 ${file} --json`)
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({
      ...{ right: { file }, equal: true, differing: 0, differences: [] },
    })
  })

  it('is silent with --quiet', async () => {
    expect(await run('--target sim: compare 0..+8 0x40000000 -q')).toEqual({
      code: 3,
      out: '',
      err: '',
    })
  })

  it.each([
    ['compare 0..+8 /nowhere.bin', '/nowhere.bin cannot be read: there is no such file'],
    [
      'compare 0..+8 0x2',
      '0x00000002 is not a multiple of 4: a 32-bit access needs 0x00000000 or 0x00000004\n  hint: use --width 16',
    ],
    [
      'compare 0..+8 ffffffff81000000',
      '"ffffffff81000000" is not a place on a simulated board: it has plain addresses only',
    ],
    ['compare 0..+8 pic:1', 'pic:1 cannot be read: there is no such file'],
  ])('refuses %s', async (line, message) => {
    expect(await run(`--target sim: ${line}`)).toEqual({
      code: 2,
      out: '',
      err: `physmem: ${message}\n`,
    })
  })

  it('refuses a file that is too short', async () => {
    const file = folder.file('short.bin', testBytes(4))
    expect((await run(`--target sim: compare 0..+8 ${file}`)).err).toBe(
      `physmem: ${file} has 4 bytes, but the range has 8\n`,
    )
  })

  it('fails when one side cannot be read', async () => {
    const { code, err } = await run('--target sim: compare 0..+64 0x10000000')
    expect(code).toBe(1)
    expect(err).toContain('physmem: 32-bit read at 0x1000003c failed')
  })
})

describe('search', () => {
  it.each([
    ['text:boot', '0x00000014  62 6f 6f 74  |boot|\n'],
    ['"64656d6f"', '0x00000008  64 65 6d 6f  |demo|\n', '64656d6f'],
    ['0x206d656d', '0x00000004  6d 65 6d 20  |mem |\n'],
    ['u16be:0x6465', '0x00000008  64 65  |de|\n'],
  ])('finds %s', async (given, out, pattern = given) => {
    const ran = await run(['--target', 'sim:', 'search', '0..+64', pattern])
    expect(ran).toEqual({ code: 0, out, err: '' })
  })

  it('finds every match, overlapping ones too, unless --max says otherwise', async () => {
    const file = folder.file('aaa.bin', 'aaaab')
    const all = await run(['search', `file:${file}..+5`, 'text:aa', '-w', '8', '-q'])
    expect(all.out).toBe(`file:${file}\nfile:${file}+0x1\nfile:${file}+0x2\n`)
    const one = await run(['search', `file:${file}..+5`, 'text:aa', '-w', '8', '-q', '--max', '1'])
    expect(one.out).toBe(`file:${file}\n`)
  })

  it('has its columns one below the other', async () => {
    const file = folder.file('aligned.bin', 'bootabcdefghijklmnopboot')
    const { out } = await run(['search', `file:${file}`, 'text:boot'])
    expect(out).toBe(
      `file:${file}       62 6f 6f 74  |boot|\nfile:${file}+0x14  62 6f 6f 74  |boot|\n`,
    )
  })

  it('finds matches across the borders of what is read at once', async () => {
    const bytes = new Uint8Array(9 * MiB)
    const at = [4 * MiB - 2, 8 * MiB - 6, 8 * MiB, 9 * MiB - 6]
    for (const start of at) bytes.set([1, 2, 9, 4, 5, 6], start)
    const file = folder.file('borders.bin', bytes)
    for (const pattern of ['01 02 ?? 04 05 06', '01 02 09 04 05 06', '?1 ?2 ?9 ?4 ?5 ?6']) {
      const { out } = await run(['search', `file:${file}..+9M`, pattern, '--json'])
      const { matches } = JSON.parse(out)
      expect(matches.map((match: { address: number }) => match.address)).toEqual(at)
    }
  })

  it('prints JSON', async () => {
    const { out } = await run(['--target', 'sim:', 'search', '0..+64', 'text:demo', '--json'])
    expect(JSON.parse(out)).toEqual({
      command: 'search',
      place: '0x0..+0x40',
      address: 0,
      length: 64,
      width: 32,
      pattern: 'text:demo',
      patternBytes: '64656d6f',
      matches: [{ place: '0x8', address: 8, data: '64656d6f' }],
    })
  })

  it('exits with 3 when there is none', async () => {
    expect(await run('--target sim: search 0..+64 text:nothing')).toEqual({
      code: 3,
      out: '',
      err: 'physmem: text:nothing is not in 0..+64\n',
    })
  })

  it('reads everything once', async () => {
    const memory = await recordedSim()
    await run('search 0..+16 ff --width 64', { memory })
    expect(accessesOf(memory)).toEqual(['r64 0x0', 'r64 0x8'])
  })

  it('says how far it came', async () => {
    const { code, err } = await run('--target sim: search 0x10000000..+64 text:nothing')
    expect(code).toBe(1)
    expect(err).toContain('  done: searched 60 of 64 bytes\n')
  })

  it.each([
    ['search 0..+4 text:hello', 'the pattern has 5 bytes, but the range has 4'],
    [
      'search 0..+8 abc',
      '"abc" is not a pattern: "abc" is half a byte short, a byte has two digits',
    ],
    ['search 0..+8 0x100 --width 8', '0x100 does not fit in 8 bits (largest: 0xff)'],
  ])('refuses %s', async (line, message) => {
    expect(await run(`--target sim: ${line}`)).toEqual({
      code: 2,
      out: '',
      err: `physmem: ${message}\n`,
    })
  })
})
