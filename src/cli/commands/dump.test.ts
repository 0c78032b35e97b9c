import { existsSync, readFileSync, statSync, truncateSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { MappedMemory } from '../../engine/mapped.ts'
import { openFile } from '../../ways/file.ts'
import { TestFolder, testBytes } from '../testing/files.ts'
import { run } from '../testing/run.ts'
import { accessesOf, recordedSim } from '../testing/sim.ts'

const MiB = 2 ** 20
const folder = new TestFolder()
const BROKEN =
  'physmem: 32-bit read at 0x1000003c failed: demo.BROKEN answers every access with a bus error\n'

describe('dump as a hex view', () => {
  it('says of a device that bytes were written to it', async () => {
    const { out } = await run('-t sim: dump 0x10000000..+16 -o /dev/null')
    expect(out).toBe('16 bytes from 0x10000000 were written to /dev/null\n')
  })

  it('shows elements of the width, and the bytes as text', async () => {
    const { code, out } = await run('--target sim: dump 0..+40')
    expect({ code, out }).toEqual({
      code: 0,
      out:
        '0x00000000  73796870 206d656d 6f6d6564 616f6220  |physmem demo boa|\n' +
        '0x00000010  202c6472 746f6f62 4d4f5220 ffffff0a  |rd, boot ROM....|\n' +
        '0x00000020  ffffffff ffffffff                    |........|\n',
    })
  })

  it.each([
    ['--width 8', '70 68 79 73 6d 65 6d 20  64 65 6d 6f 20 62 6f 61'],
    ['--width 16', '6870 7379 656d 206d 6564 6f6d 6220 616f'],
    ['--width 64', '206d656d73796870 616f62206f6d6564'],
    ['--endian big', '70687973 6d656d20 64656d6f 20626f61'],
  ])('takes %s', async (options, values) => {
    const { out } = await run(`--target sim: dump 0..+16 ${options}`)
    expect(out).toBe(`0x00000000  ${values}  |physmem demo boa|\n`)
    const quiet = await run(`--target sim: dump 0..+16 -q ${options}`)
    expect(quiet.out).toBe(`${values}\n`)
  })

  it('says what offsets are of, unless --quiet', async () => {
    const source = folder.file('heading.bin', testBytes(32))
    const { out } = await run(`dump file:${source}+16..+4`)
    expect(out).toBe(
      `file:${source}+0x10..+0x4\n0x00000010  867f7871                             |qx..|\n`,
    )
    expect((await run(`dump file:${source}+16..+4 -q`)).out).toBe('867f7871\n')
  })

  it('shows repeated rows as *, unless told otherwise', async () => {
    const collapsed = await run('--target sim: dump 0x40000000..+80')
    expect(collapsed.out).toBe(
      '0x40000000  00000000 00000000 00000000 00000000  |................|\n*\n0x40000050\n',
    )
    const quiet = await run('--target sim: dump 0x40000000..+80 -q')
    expect(quiet.out).toBe('00000000 00000000 00000000 00000000\n'.repeat(5))
    const all = await run('--target sim: dump 0x40000000..+80 --no-collapse')
    expect(all.out.split('\n')).toHaveLength(6)
    const rest = await run('--target sim: dump 0x40000000..+36 --width 8')
    expect(rest.out).toBe(
      '0x40000000  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|\n*\n' +
        '0x40000020  00 00 00 00                                       |....|\n',
    )
  })

  it('reads each element once', async () => {
    const memory = await recordedSim()
    await run('dump 0x10000000..+16 -q', { memory })
    expect(accessesOf(memory)).toEqual([
      'r32 0x10000000',
      'r32 0x10000004',
      'r32 0x10000008',
      'r32 0x1000000c',
    ])
  })

  it('stops at a fault, after what was read', async () => {
    const { code, out, err } = await run('--target sim: dump 0x10000034..+64')
    expect(code).toBe(1)
    expect(out).toMatch(/^0x10000034 {2}[0-9a-f]{8} 00000000 {20}\|.{8}\|\n$/)
    expect(err).toBe(`${BROKEN}  done: 8 bytes are shown\n`)
  })

  it('goes on with the next element with --keep-going', async () => {
    const { code, out, err } = await run('--target sim: dump 0x0ffff800..+6k --keep-going -q')
    expect(code).toBe(1)
    expect(out.split('\n').filter((line) => line.includes('--'))).toEqual([
      '0x0ffff800  -- 2048 bytes missing: nothing answered (bus error)',
      '0x1000003c  -- 4 bytes missing: demo.BROKEN answers every access with a bus error',
    ])
    expect(err).toBe(
      'physmem: 2 KiB were not read and are missing\n' +
        '  0x0ffff800..+0x800  nothing answered (bus error)\n' +
        '  0x1000003c..+0x4  demo.BROKEN answers every access with a bus error\n',
    )
  })

  it('ends rows that were left out where bytes are missing, and shows no address twice', async () => {
    const { out, err } = await run('-t sim: dump 0xff00..+0x400 --keep-going')
    expect(out).toBe(
      `0x0000ff00  ${'ffffffff '.repeat(4)} |${'.'.repeat(16)}|\n*\n` +
        '0x00010000  -- 768 bytes missing: nothing answered (bus error)\n',
    )
    expect(err).toBe(
      'physmem: 768 bytes were not read and are missing\n' +
        '  0x00010000..+0x300  nothing answered (bus error)\n',
    )
  })

  it('prints JSON, with the error when there is one', async () => {
    const good = await run('--target sim: dump 0..+8 --json')
    expect(JSON.parse(good.out)).toEqual({
      command: 'dump',
      place: '0x0..+0x8',
      address: 0,
      length: 8,
      width: 32,
      pieces: [{ address: 0, bytes: 8, data: '706879736d656d20' }],
      bytes: 8,
      missing: [],
    })
    const { code, out } = await run('--target sim: dump 0x10000038..+16 --json')
    expect(code).toBe(1)
    expect(JSON.parse(out)).toMatchObject({
      pieces: [{ address: 0x10000038, bytes: 4, data: '00000000' }],
      bytes: 4,
      error: { code: 'EFAULT_BUS', progress: '4 bytes are in "pieces"' },
    })
    const gaps = await run('--target sim: dump 0x10000038..+16 --json --keep-going')
    expect(gaps.code).toBe(1)
    expect(JSON.parse(gaps.out).missing).toEqual([
      {
        address: 0x1000003c,
        length: 4,
        reason: 'demo.BROKEN answers every access with a bus error',
      },
    ])
  })
})

describe('dump to a file', () => {
  it('writes the bytes as they lie in memory, over many programs', async () => {
    const bytes = testBytes(9 * MiB + 20)
    const source = folder.file('source.bin', bytes)
    const target = folder.file('target.bin', new Uint8Array(12 * MiB))
    for (const options of ['', '--width 64 --endian big', '--width 8 --quiet']) {
      const line = `dump file:${source}+8..+${9 * MiB + 8} -o ${target} ${options}`
      const { code, out, err } = await run(line)
      expect({ code, err }).toEqual({ code: 0, err: '' })
      const said = `${9 * MiB + 8} bytes from file:${source}+0x8 are in ${target}\n`
      expect(out).toBe(options.includes('--quiet') ? '' : said)
      expect(Buffer.compare(readFileSync(target), bytes.subarray(8, 9 * MiB + 16))).toBe(0)
    }
  })

  it('keeps and names a partial file', async () => {
    const target = folder.file('partial.bin')
    expect(await run(`--target sim: dump 0x10000030..+4k -o ${target}`)).toEqual({
      code: 1,
      out: '',
      err: `${BROKEN}  done: 12 bytes (0x10000030 to 0x1000003b) are in ${target}\n`,
    })
    expect(statSync(target).size).toBe(12)
  })

  it('leaves a file alone as long as nothing was read', async () => {
    const target = folder.file('precious.bin', 'precious')
    const { err } = await run(`--target sim: dump 0x1000003c..+4 -o ${target}`)
    expect(err).toBe(`${BROKEN}  done: nothing was read; ${target} is as it was\n`)
    expect(readFileSync(target, 'utf8')).toBe('precious')
  })

  it('leaves holes with --keep-going, and lists them', async () => {
    const target = folder.file('holes.bin')
    const line = `--target sim: dump 0x10000000..+8k -o ${target} --keep-going`
    const { code, out, err } = await run(line)
    expect({ code, out }).toEqual({ code: 1, out: `4092 bytes from 0x10000000 are in ${target}\n` })
    expect(err).toBe(
      `physmem: 4 KiB were not read and are missing; in ${target} they are holes, which read as zeros\n` +
        '  0x1000003c..+0x4  demo.BROKEN answers every access with a bus error\n' +
        '  0x10001000..+0x1000  nothing answered (bus error)\n',
    )
    expect(statSync(target).size).toBe(8192)
    const json = await run(`${line} --json`)
    expect(JSON.parse(json.out)).toMatchObject({
      file: target,
      bytes: 4092,
      missing: [
        { address: 0x1000003c, length: 4 },
        { address: 0x10001000, length: 0x1000 },
      ],
    })
    const [whole, broken] = [readFileSync(target), 0x3c]
    expect(whole.subarray(broken, broken + 4)).toEqual(Buffer.alloc(4))
    const behind = await run('--target sim: read 0x10000040..+16 -q')
    const values = [0, 4, 8, 12].map((at) => whole.readUInt32LE(broken + 4 + at))
    expect(values.map((value) => `0x${value.toString(16).padStart(8, '0')}`).join('\n')).toBe(
      behind.out.trim(),
    )
  })

  it('tries each element once with --keep-going, and rows go on at their places', async () => {
    await using memory = await recordedSim()
    const { out } = await run('dump 0x10000030..+0x24 --keep-going', { memory })
    expect(out.replaceAll(/ {2}[0-9a-f ]+ {2}\|.*/g, '')).toBe(
      '0x10000030\n' +
        '0x1000003c  -- 4 bytes missing: demo.BROKEN answers every access with a bus error\n' +
        '0x10000040\n' +
        '0x10000050\n',
    )
    expect(accessesOf(memory)).toEqual(
      Array.from({ length: 9 }, (_, index) => `r32 0x${(0x10000030 + 4 * index).toString(16)}`),
    )
  })

  it('passes over pages past the end of a file, which are not registers', async () => {
    const source = folder.file('short.bin', new Uint8Array(5 * MiB))
    const target = folder.file('target.bin')
    let asked = 0
    const onPrint = () => {}
    const memory = new MappedMemory(openFile(source, 'read'))
    const run32 = memory.run.bind(memory)
    memory.run = (...all) => {
      if (asked++ === 0) truncateSync(source, MiB)
      return run32(...all)
    }
    const { err } = await run(`dump 0..+5M --keep-going -o ${target}`, { memory, onPrint })
    await memory.close()
    expect(err).toBe(
      `physmem: 4 MiB were not read and are missing; in ${target} they are holes, which read as zeros\n` +
        '  0x00100000..+0x400000  the file ends before\n',
    )
    // Once a page, not once an element.
    expect(asked).toBeLessThan(1100)
  })

  it('reads all elements at the first address with --fixed', async () => {
    await using memory = await recordedSim()
    const target = folder.file('fifo.bin')
    const said = await run(`dump 0x10000028..+12 --fixed -o ${target}`, { memory })
    expect(said).toEqual({
      code: 0,
      out: `12 bytes from 0x10000028 are in ${target}\n`,
      err: '',
    })
    expect(accessesOf(memory)).toEqual(new Array(3).fill('r32 0x10000028'))
    expect(statSync(target).size).toBe(12)
    const shown = await run('dump 0x10000028..+20 --fixed --no-collapse', { memory })
    expect(shown.out.split('\n').map((line) => line.slice(0, 11))).toEqual([
      '0x10000028.',
      '+0x00000000',
      '+0x00000010',
      '',
    ])
    const json = await run('dump 0x10000028..+8 --fixed --json', { memory })
    expect(JSON.parse(json.out)).toMatchObject({ length: 8, fixed: true })
    expect(JSON.parse(json.out).pieces).toMatchObject([{ address: 0x10000028 }])
  })

  it('needs room for one element with --fixed', async () => {
    const source = folder.file('one.bin', Uint8Array.of(1, 2, 3, 4))
    const { code, out } = await run(`dump file:${source}..+12 --fixed -q`)
    expect({ code, out }).toEqual({ code: 0, out: '04030201 04030201 04030201\n' })
  })

  it('says how far it came when the file is cut short under it', async () => {
    const source = folder.file('cut.bin', testBytes(12 * MiB))
    let printed = 0
    const onPrint = () => {
      if (printed++ === 0) truncateSync(source, 9.5 * MiB)
    }
    const { code, err } = await run(`dump file:${source}..+12M -o -`, { onPrint })
    expect(code).toBe(1)
    expect(err).toBe(
      `physmem: 32-bit read at file:${source}+0x980000 failed: the file ends before\n` +
        `  done: ${9.5 * MiB} bytes were written to standard output\n`,
    )
  })

  it('ends at Ctrl-C with a partial file', async () => {
    const target = folder.file('stopped.bin')
    const controller = new AbortController()
    setTimeout(() => controller.abort(), 60)
    const line = `--target sim: dump 0x40000000..+1M -o ${target} --width 8`
    const { code, err } = await run(line, { signal: controller.signal })
    expect(code).toBe(1)
    expect(err).toMatch(/^physmem: stopped \(Ctrl-C\)\n {2}done: /)
  })

  it('shows progress on a terminal only', async () => {
    const source = folder.file('source2.bin', testBytes(MiB))
    const target = folder.file('target2.bin')
    const piped = await run(`dump file:${source}..+1M -o ${target}`)
    expect(piped.err).toBe('')
  })

  it.each([
    [
      'dump 0..+6',
      '0..+6: 6 bytes are not a whole number of 32-bit elements\n  hint: use --width 16',
    ],
    [
      'dump 0x2..+8',
      '0x00000002 is not a multiple of 4: a 32-bit access needs 0x00000000 or 0x00000004\n  hint: use --width 16',
    ],
    [
      'dump 0x10 --fixed',
      '"0x10" is not a range: --fixed reads the place as often as a range says, expected A..B or A..+LENGTH, such as 0x10..+0x100',
    ],
    [
      'dump file:/etc/hostname --fixed',
      '"file:/etc/hostname" is not a range: --fixed reads the place as often as a range says, expected A..B, A..+LENGTH or A.., such as file:/etc/hostname..+0x100',
    ],
    [
      'dump 0 -o x',
      '"0" is not a range: expected A..B or A..+LENGTH, such as 0x0..+0x100\n  hint: say how long it is: physmem --target sim: dump 0..+0x100 -o x',
    ],
    [
      'dump 0..+8 --fixed --keep-going',
      '--keep-going skips a place, but --fixed stays at it: leave out one of them',
    ],
    ['dump 0..+8 -o - --keep-going', '--keep-going needs a file: leave it out, or -o -'],
    ['dump 0..+8 -o /nowhere/x', '/nowhere/x cannot be written: its folder does not exist'],
    ['dump 0..+8 -o /', '/ cannot be written: it is a directory'],
    [
      'dump 0..+8 -o /dev/null --keep-going',
      '/dev/null is not a regular file, which --keep-going needs: only a regular file can have gaps',
    ],
  ])('refuses %s', async (line, message) => {
    expect(await run(`--target sim: ${line}`)).toEqual({
      code: 2,
      out: '',
      err: `physmem: ${message}\n`,
    })
  })

  it('refuses to write over what it reads, by any name', async () => {
    const source = folder.file('same.bin', testBytes(64))
    const alias = `${folder.path}/./same.bin`
    const { code, err } = await run(`dump file:${source}..+64 -o ${alias}`)
    expect({ code, err }).toEqual({
      code: 2,
      err: `physmem: ${alias} is what is dumped: write to another file\n`,
    })
    expect(readFileSync(source)).toEqual(Buffer.from(testBytes(64)))
  })

  it('does not make a file for a range that does not exist', async () => {
    const source = folder.file('short.bin', testBytes(64))
    const target = folder.file('never.bin')
    const { code, err } = await run(`dump file:${source}..+128 -o ${target}`)
    expect({ code, err }).toEqual({
      code: 2,
      err: `physmem: 0x0 to 0x7f is not inside ${source}: expected 0x0 to 0x3f\n`,
    })
    expect(existsSync(target)).toBe(false)
  })

  it('says when the disk is full', async () => {
    expect(await run('--target sim: dump 0x40000000..+4k -o /dev/full')).toEqual({
      code: 1,
      out: '',
      err:
        'physmem: /dev/full cannot be written: no space is left on the device (ENOSPC)\n' +
        '  done: 0 bytes were written to /dev/full\n',
    })
  })
})
