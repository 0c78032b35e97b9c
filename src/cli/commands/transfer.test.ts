/** load, fill and copy. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { RefusedError } from '../../base/errors.ts'
import { MappedMemory } from '../../engine/mapped.ts'
import { openFile } from '../../ways/file.ts'
import { TestFolder, testBytes } from '../testing/files.ts'
import { run } from '../testing/run.ts'
import { accessesOf, recordedSim } from '../testing/sim.ts'

const MiB = 2 ** 20
const folder = new TestFolder()
const BROKEN =
  'physmem: 32-bit write at 0x1000003c failed: demo.BROKEN answers every access with a bus error\n'

/**
 * A memory of 12 MiB of which the system maps nothing after 5 MiB, as it says before any access.
 */
function halfRefused(): { file: string; memory: MappedMemory } {
  const file = folder.file('half.bin', new Uint8Array(12 * MiB).fill(0x55))
  const memory = new MappedMemory(openFile(file, 'write'))
  memory.prepare = async ({ end }) => {
    if (end <= 5 * MiB) return
    const message = '0x00500000 (half) cannot be mapped: a driver claims it'
    throw new RefusedError('EREFUSED_BUSY', message, { address: 5 * MiB })
  }
  return { file, memory }
}

it.each([
  ['load', 'load 1M FILE'],
  ['fill', 'fill 1M..+8M 0'],
  ['copy', 'copy 0..+4M 4M --width 64'],
])('%s stores nothing when the system refuses a later part', async (_, line) => {
  const { file, memory } = halfRefused()
  const source = folder.file('source.bin', new Uint8Array(8 * MiB))
  const words = line
    .replace('FILE', source)
    .replaceAll(/\b([148])M(?= |$|\.)/g, (__, count) => `0x${(Number(count) * MiB).toString(16)}`)
  expect(await run(words, { memory })).toEqual({
    code: 1,
    out: '',
    err: expect.stringMatching(
      /^physmem: 0x00500000 \(half\) cannot be mapped: a driver claims it\n {2}done: wrote 0 of \d+ bytes\n$/,
    ),
  })
  await memory.close()
  expect(readFileSync(file).every((byte) => byte === 0x55)).toBe(true)
})

describe('load', () => {
  it('stores all elements at the first address with --fixed', async () => {
    const memory = await recordedSim()
    const file = folder.file('eight.bin', Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8))
    expect(await run(`load 0x40000000 ${file} --fixed`, { memory })).toEqual({
      code: 0,
      out: `8 bytes of ${file} are at 0x40000000\n`,
      err: '',
    })
    expect(accessesOf(memory)).toEqual(['w32 0x40000000=0x4030201', 'w32 0x40000000=0x8070605'])
    const one = folder.file('one.bin', new Uint8Array(4))
    expect((await run(`load file:${one} ${file} --fixed`)).code).toBe(0)
    expect([...readFileSync(one)]).toEqual([5, 6, 7, 8])
    expect((await run(`load file:${one} ${file}`)).code).toBe(2)
    expect(await run(`load file:${one} ${file} --fixed --verify`)).toEqual({
      code: 2,
      out: '',
      err: 'physmem: --verify cannot read back what --fixed stored at one address: leave out one of them\n',
    })
  })

  it('stores the bytes of a file, each element once, and reads nothing', async () => {
    const memory = await recordedSim()
    const file = folder.file('eight.bin', Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8))
    expect(await run(`load 0x40000000 ${file}`, { memory })).toEqual({
      code: 0,
      out: `8 bytes of ${file} are at 0x40000000\n`,
      err: '',
    })
    expect(accessesOf(memory)).toEqual(['w32 0x40000000=0x4030201', 'w32 0x40000004=0x8070605'])
  })

  it('loads more than one program holds, and verifies it', async () => {
    const bytes = testBytes(9 * MiB + 8)
    const file = folder.file('large.bin', bytes)
    const target = folder.file('memory.bin', new Uint8Array(10 * MiB))
    const { code, err } = await run(`load file:${target}+16 ${file} --verify --width 64`)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(Buffer.compare(readFileSync(target).subarray(16, 16 + bytes.length), bytes)).toBe(0)
  })

  it('exits with 3 when it reads back something else', async () => {
    const file = folder.file('four.bin', Uint8Array.of(1, 2, 3, 4))
    expect(await run(`--target sim: load 0x09030000 ${file} --verify`)).toEqual({
      code: 3,
      out: '0x09030000  0x00000201  0x04030201\n',
      err: `physmem: 0x09030000 and ${file} differ in 2 of 4 bytes\n`,
    })
  })

  it('says how far it came', async () => {
    const file = folder.file('sixteen.bin', testBytes(16))
    expect(await run(`--target sim: load 0x10000038 ${file}`)).toEqual({
      code: 1,
      out: '',
      err: `${BROKEN}  done: wrote 4 of 16 bytes\n`,
    })
  })

  it('only says what it would do with --dry-run', async () => {
    const memory = await recordedSim()
    const file = folder.file('sixteen.bin', testBytes(16))
    const { out } = await run(`load 0x40000000 ${file} --dry-run --width 16`, { memory })
    expect(out).toBe(`16 bytes of ${file} would be at 0x40000000 (8 stores of 16 bits)\n`)
    expect(accessesOf(memory)).toEqual([])
  })

  it('refuses what is not a whole number of elements, before anything is touched', async () => {
    const memory = await recordedSim()
    const file = folder.file('ten.bin', testBytes(10))
    expect(await run(`load 0x40000000 ${file}`, { memory })).toEqual({
      code: 2,
      out: '',
      err: `physmem: ${file}: 10 bytes are not a whole number of 32-bit elements\n  hint: use --width 16\n`,
    })
    expect(accessesOf(memory)).toEqual([])
  })

  it.each([
    ['load 0x40000000 /nowhere.bin', '/nowhere.bin cannot be read: there is no such file'],
    ['load 0x40000000 /', '/ is a directory: expected a file'],
    ['load 0x40000000 /dev/null', '/dev/null is not a regular file: expected a file'],
    ['load 0x40000000 /nowhere.bin --endian big', '--endian does not apply to load: leave it out'],
  ])('refuses %s', async (line, message) => {
    expect(await run(`--target sim: ${line}`)).toEqual({
      code: 2,
      out: '',
      err: `physmem: ${message}\n`,
    })
  })

  it('refuses an empty file, and one that does not fit', async () => {
    const empty = folder.file('empty.bin', '')
    expect((await run(`--target sim: load 0 ${empty}`)).err).toBe(`physmem: ${empty} is empty\n`)
    const target = folder.file('eight.bin', testBytes(8))
    const file = folder.file('sixteen.bin', testBytes(16))
    const { code, err } = await run(`load file:${target} ${file}`)
    expect({ code, err }).toEqual({
      code: 2,
      err: `physmem: 0x0 to 0xf is not inside ${target}: expected 0x0 to 0x7\n`,
    })
    expect(Buffer.compare(readFileSync(target), testBytes(8))).toBe(0)
  })
})

describe('fill', () => {
  it('stores the value in every element', async () => {
    const memory = await recordedSim()
    expect(await run('fill 0x40000000..+6 0xa55a --width 16', { memory })).toEqual({
      code: 0,
      out: '6 bytes from 0x40000000 are written\n',
      err: '',
    })
    expect(accessesOf(memory)).toEqual([
      'w16 0x40000000=0xa55a',
      'w16 0x40000002=0xa55a',
      'w16 0x40000004=0xa55a',
    ])
  })

  it('takes --endian, --quiet, --json and --dry-run', async () => {
    const memory = await recordedSim()
    const quiet = await run('fill 0x40000000..+4 0x11223344 --endian big -q', { memory })
    expect(quiet).toEqual({ code: 0, out: '', err: '' })
    expect(accessesOf(memory)).toEqual(['w32 0x40000000=0x44332211'])
    const json = await run('fill 0x40000000..+8 1 --json', { memory })
    expect(JSON.parse(json.out)).toEqual({
      command: 'fill',
      place: '0x40000000..+0x8',
      address: 0x40000000,
      length: 8,
      width: 32,
      value: 1,
      bytes: 8,
    })
    const { out } = await run('--target sim: fill 0x40000000..+8 1 --dry-run')
    expect(out).toBe('8 bytes from 0x40000000 would be written (2 stores of 32 bits: 0x00000001)\n')
  })

  it('says how far it came', async () => {
    const { code, err } = await run('--target sim: fill 0x10000030..+32 0')
    expect({ code, err }).toEqual({ code: 1, err: `${BROKEN}  done: wrote 12 of 32 bytes\n` })
  })

  it.each([
    ['fill 0x40000000..+8 0x100 --width 8', '0x100 does not fit in 8 bits (largest: 0xff)'],
    [
      'fill 0x40000000 1',
      '"0x40000000" is not a range: expected A..B or A..+LENGTH, such as 0x40000000..+0x100',
    ],
    [
      'fill 0x40000000..+8',
      'fill needs a VALUE, such as physmem --target sim: fill 0x40000000..+8 0\n  hint: see physmem fill --help',
    ],
  ])('refuses %s', async (line, message) => {
    expect(await run(`--target sim: ${line}`)).toEqual({
      code: 2,
      out: '',
      err: `physmem: ${message}\n`,
    })
  })
})

describe('copy', () => {
  it('loads and stores each element once', async () => {
    const memory = await recordedSim()
    expect(await run('copy 0..+8 0x40000000', { memory })).toEqual({
      code: 0,
      out: '8 bytes from 0x00000000 are at 0x40000000\n',
      err: '',
    })
    expect(accessesOf(memory)).toEqual([
      'r32 0x0',
      'r32 0x4',
      'w32 0x40000000=0x73796870',
      'w32 0x40000004=0x206d656d',
    ])
  })

  it.each([
    [0, 8],
    [8, 0],
    [0, 4 * MiB + 8],
    [4 * MiB + 8, 0],
    [16, 4 * MiB - 8],
  ])('copies overlapping ranges as if through a buffer: %d to %d', async (from, to) => {
    const bytes = testBytes(14 * MiB)
    const path = folder.file('move.bin', bytes)
    const length = 9 * MiB + 24
    // By another name: that it is the same file is found out.
    const other = `${folder.path}/./move.bin`
    const { code, err } = await run(`copy file:${path}+${from}..+${length} file:${other}+${to}`)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const expected = Uint8Array.from(bytes)
    expected.copyWithin(to, from, from + length)
    expect(Buffer.compare(readFileSync(path), expected)).toBe(0)
  })

  it('copies from one memory to another', async () => {
    const path = folder.file('out.bin', new Uint8Array(64))
    const { code } = await run(`--target sim: copy 0..+16 file:${path}+8`)
    expect(code).toBe(0)
    expect(readFileSync(path, 'utf8').slice(8, 24)).toBe('physmem demo boa')
  })

  it('says what holds the copy when it is stopped', async () => {
    const { code, err } = await run('--target sim: copy 0..+64 0x10000020')
    expect({ code, err }).toEqual({
      code: 1,
      err: `${BROKEN}  done: wrote 28 of 64 bytes (0x10000020..+0x1c)\n`,
    })
    const read = await run('--target sim: copy 0x10000030..+32 0x40000000')
    expect(read.err).toContain('32-bit read at 0x1000003c failed')
    expect(read.err).toContain('  done: wrote 0 of 32 bytes\n')
  })

  it('takes --dry-run and --json', async () => {
    const memory = await recordedSim()
    const { out } = await run('copy 0..+8 0x40000000 --dry-run', { memory })
    expect(out).toBe(
      '8 bytes from 0x00000000 would be at 0x40000000 (2 loads and 2 stores of 32 bits)\n',
    )
    expect((await run('copy 0..+4 0x40000000 --dry-run', { memory })).out).toBe(
      '4 bytes from 0x00000000 would be at 0x40000000 (1 load and 1 store of 32 bits)\n',
    )
    expect(accessesOf(memory)).toEqual([])
    const json = await run('copy 0..+8 0x40000000 --json', { memory })
    expect(JSON.parse(json.out)).toEqual({
      command: 'copy',
      from: { place: '0x0..+0x8', address: 0 },
      to: { place: '0x40000000', address: 0x40000000 },
      length: 8,
      width: 32,
      bytes: 8,
    })
  })

  it.each([
    ['copy 0..+8 0', '0x00000000 would be copied onto itself'],
    [
      'copy 0..+8 file:/nowhere.bin',
      '/nowhere.bin cannot be opened for writing: there is no such file; dump -o makes one',
    ],
    [
      'copy 0..+8 0x40000001',
      '0x40000001 is not a multiple of 4: a 32-bit access needs 0x40000000 or 0x40000004\n  hint: use --width 8',
    ],
  ])('refuses %s', async (line, message) => {
    expect(await run(`--target sim: ${line}`)).toEqual({
      code: 2,
      out: '',
      err: `physmem: ${message}\n`,
    })
  })
})
