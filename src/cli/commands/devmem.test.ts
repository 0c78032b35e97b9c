import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { BuiltCli } from '../testing/built.ts'
import { TestFolder, testBytes } from '../testing/files.ts'
import { run } from '../testing/run.ts'
import { accessesOf, recordedSim } from '../testing/sim.ts'

describe('devmem', () => {
  it.each([
    ['0xfed00000', '0x8086A201\n', 'r32'],
    ['0xfed00000 64', '0x009896808086A201\n', 'r64'],
    ['0xfed00000 l', '0x009896808086A201\n', 'r64'],
    ['0x09000fe0 8', '0x11\n', 'r8'],
    ['0x09000fe0 H', '0x0011\n', 'r16'],
    ['0x09000fe0 032', '0x00000011\n', 'r32'],
  ])('reads %s', async (args, out, access) => {
    const memory = await recordedSim()
    expect(await run(`devmem ${args}`, { memory })).toEqual({ code: 0, out, err: '' })
    expect(accessesOf(memory)).toEqual([expect.stringContaining(`${access} `)])
  })

  it('writes without a word and without a load', async () => {
    const memory = await recordedSim()
    expect(await run('devmem 0x10000008 32 0xCAFE', { memory })).toEqual({
      code: 0,
      out: '',
      err: '',
    })
    expect(accessesOf(memory)).toEqual(['w32 0x10000008=0xcafe'])
  })

  it('lists no options in its help that it refuses', async () => {
    const { out } = await run('devmem --help')
    expect(out).toContain('--target')
    for (const name of ['--width', '--endian', '--json', '--quiet']) expect(out).not.toContain(name)
  })

  it('takes any place', async () => {
    expect(await run('--target sim: devmem 0xfed00000+0x0 w')).toMatchObject({ code: 0 })
  })

  it.each([
    [
      '',
      'devmem needs an ADDRESS, such as physmem devmem 0xfed00000\n  hint: see physmem devmem --help',
    ],
    ['0x5oops', '"0x5oops" is not an address: unexpected "oops" after 0x5'],
    ['08', '"08" is not an address: a leading zero means octal, which has no digit 8'],
    [
      '0x10000008 8 0719',
      '"0719" is not a value: a leading zero means octal, which has no digit 9',
    ],
    ...['0x1000_0000', '4k', '0b100', '0o4', '0x10000000+0b100'].map((text) => [
      text,
      `"${text}" is not an address: devmem takes numbers as C does, such as 0x1f, 017 or 31`,
    ]),
    [
      '0x10000008 8 1_0',
      '"1_0" is not a value: devmem takes numbers as C does, such as 0x1f, 017 or 31',
    ],
    ['-- 0x10000000', '-- does not apply to devmem: leave it out'],
    ['0x10000000 24', '"24" is not a width: expected 8, 16, 32 or 64, or b, h, w or l'],
    ...[1, 2, 4].map((bytes) => [
      `0x10000000 ${bytes}`,
      `"${bytes}" is not a width: expected 8, 16, 32 or 64, or b, h, w or l (${bytes === 1 ? '1 byte' : `${bytes} bytes`}, as in toybox, ${bytes === 1 ? 'is' : 'are'} ${bytes * 8})`,
    ]),
    ['0x10000000 0x20', '"0x20" is not a width: expected 8, 16, 32 or 64, or b, h, w or l'],
    ['0x10000008 8 0x1ff', '0x1ff does not fit in 8 bits (largest: 0xff)'],
    ['0x10000008 8 zz', '"zz" is not a value: expected a number such as 0x1f, 017 or 31'],
    [
      '0x10000001',
      '0x10000001 is not a multiple of 4: a 32-bit access needs 0x10000000 or 0x10000004\n  hint: use the width 8',
    ],
    [
      '0x10000008 8 1 2',
      'devmem takes ADDRESS [WIDTH] [VALUE]: "2" is too much\n  hint: see physmem devmem --help',
    ],
    ['0x10000008 --width 8', '--width does not apply to devmem: leave it out'],
    [
      '0x1000003c',
      '32-bit read at 0x1000003c failed: demo.BROKEN answers every access with a bus error',
    ],
  ])('exits with 1, as that of busybox does: %s', async (args, message) => {
    expect(await run(`--target sim: devmem ${args}`)).toEqual({
      code: 1,
      out: '',
      err: `physmem: ${message}\n`,
    })
  })
})

/** Both on a file that stands where /dev/mem should, in a mount namespace of their own. */
function inNamespace(memory: string, script: string) {
  const text = `mount -t tmpfs none /dev && cp ${memory} /dev/mem || exit 99\n${script}\ncp /dev/mem ${memory}`
  return spawnSync('unshare', ['-m', 'sh', '-c', text], { encoding: 'utf8' })
}

const canCompare =
  spawnSync('busybox', ['devmem']).status === 1 &&
  spawnSync('unshare', ['-m', 'sh', '-c', 'mount -t tmpfs none /dev']).status === 0

describe.skipIf(!canCompare)('devmem beside the one of busybox', () => {
  const cli = new BuiltCli()
  const folder = new TestFolder()

  it.each([
    '0',
    '0x4',
    '4 8',
    '4 b',
    '4 H',
    '4 16',
    '4 w',
    '0x8 64',
    '010 l',
    '8 08',
    '4 8 0x12',
    '4 h 0xBEEF',
    '0 32 4000000000',
    '8 64 0xfedcba9876543210',
    '0 32 017',
  ])('%s', (args) => {
    const ask = (command: string, name: string) => {
      const memory = folder.file(name, testBytes(64))
      const { status, stdout } = inNamespace(memory, `${command} ${args}; echo exit $?`)
      return { status, stdout, bytes: readFileSync(memory).toString('hex') }
    }
    const theirs = ask('busybox devmem', 'theirs.bin')
    const ours = ask(`${process.execPath} ${cli.main} devmem`, 'ours.bin')
    expect(ours).toEqual(theirs)
    expect(ours.stdout).toContain('exit 0')
  })

  it.each([
    ...['', 'zz', '4 24', '4 bb', '4 32 zz', '-4', '08', '0x1_0', '-- 4', '4 -- 8', '4k', '0b1'],
    ...['0o4', '4 8 018', '4 8 1_0', '4 8 1k', '4 0x8'],
  ])('refuses with the same code: %s', (args) => {
    const memory = folder.file('memory.bin', testBytes(64))
    const ask = (command: string) =>
      inNamespace(memory, `${command} ${args} >/dev/null 2>&1; echo exit $?`).stdout
    expect(ask(`${process.execPath} ${cli.main} devmem`)).toBe('exit 1\n')
    expect(ask('busybox devmem')).toBe('exit 1\n')
  })
})

/** The table of docs/devmem.md: every line of ours is taken, and made. */
describe('what other tools write', () => {
  const page = readFileSync(new URL('../../../docs/devmem.md', import.meta.url), 'utf8')
  const lines = [...page.matchAll(/^\|[^|]*\| `[^`]*` *\| `physmem ([^`]*)` *\|$/gm)].map(
    ([, line = '']) => line,
  )
  const folder = new TestFolder()
  folder.file('rom.bin', testBytes(64))
  const kinds = [...new Set(lines.map((line) => line.split(' ')[0]))].sort()

  it('is all there is in the table', () => {
    const rows = page.split('## From other tools')[1]?.match(/^\| .*\| `physmem /gm) ?? []
    expect(lines).toHaveLength(rows.length)
    expect(kinds).toEqual(['dump', 'read', 'write'])
  })

  it.each(lines)('physmem %s', async (line) => {
    process.chdir(folder.path)
    // A BAR stands for the registers of the board here.
    const ours = line.replace('pci:0000:00:04.0/bar0+0x4', '0x10000004')
    const memory = await recordedSim()
    const ran = await run(ours, line.includes('file:') ? {} : { memory })
    expect(ran).toMatchObject({ code: 0, err: '' })
    expect(ran.out === '').toBe(line.startsWith('write') && !/:\d/.test(ours))
    if (line.includes('file:')) return
    const [first = ''] = accessesOf(memory)
    const width = /--width (\d+)/.exec(line)?.[1] ?? '32'
    expect(first).toContain(`${line.startsWith('write') && ran.out === '' ? 'w' : 'r'}${width} `)
  })
})
