/** What a person types out of habit gets the line that was meant, and makes no access. */
import { describe, expect, it } from 'vitest'
import { TestFolder } from '../testing/files.ts'
import { run } from '../testing/run.ts'
import { accessesOf, recordedSim } from '../testing/sim.ts'
import { whyRefused } from './line.ts'

const folder = new TestFolder()
folder.file('boot.bin', 'abc bootabc boot')
folder.file('0x10.bin', 'abcd')
process.chdir(folder.path)

const notCommand = (word: string, meant: string) =>
  `"${word}" is not a command, did you mean ${meant}?\n  hint: see physmem --help`
const tooMuch = (command: string, shape: string, word: string, meant = '') =>
  `${command} takes ${shape}: "${word}" is too much${meant && `, did you mean ${meant}?`}\n  hint: see physmem ${command} --help`
const noAssignment = (text: string) =>
  `"${text}" is not an assignment: expected PLACE=VALUE, such as 0xfed00000=0x1`

const habits: [line: string, message: string][] = [
  ['dump 0x4000 16', tooMuch('dump', 'RANGE', '16', 'dump 0x4000..+16')],
  ['dump 0x4000 16 -w 8', tooMuch('dump', 'RANGE', '16', 'dump 0x4000..+16 -w 8')],
  ['dump 0x4001 16', tooMuch('dump', 'RANGE', '16')],
  ['dump 0x4000 0x4100', tooMuch('dump', 'RANGE', '0x4100', 'dump 0x4000..0x4100')],
  ['dump 0x4000 0x5000+4', tooMuch('dump', 'RANGE', '0x5000+4')],
  ['dump 0x4000 10', tooMuch('dump', 'RANGE', '10')],
  ['dump 0x4000 zz', tooMuch('dump', 'RANGE', 'zz')],
  ['search 0x0 1k text:a', tooMuch('search', 'RANGE PATTERN', 'text:a', 'search 0x0..+1k text:a')],
  ['copy 0x0 0x10 16', tooMuch('copy', 'RANGE PLACE', '16', 'copy 0x0..+16 0x10')],
  ['compare 0x0 0x10 16', tooMuch('compare', 'RANGE OTHER', '16', 'compare 0x0..+16 0x10')],
  ['fill 0x0 0 16', tooMuch('fill', 'RANGE VALUE', '16')],
  [
    'read 0x0 4',
    '"4" is not a place behind another: it may be a count (--count 4) or an address (0x4), did you mean read 0x0 --count 4?',
  ],
  [
    '-t sim: read 0x0 4 -q',
    '"4" is not a place behind another: it may be a count (--count 4) or an address (0x4), did you mean -t sim: read 0x0 -q --count 4?',
  ],
  [
    'read 0x0 0x4 4',
    '"4" is not a place behind another: it may be a count (--count 4) or an address (0x4)',
  ],
  ['write 0x8 1', `${noAssignment('0x8')}, did you mean write 0x8=1?`],
  ['write 0x8 1 8', `${noAssignment('0x8')}, did you mean write 0x8=1 --width 8?`],
  ['write 0x8 1 --dry-run', `${noAssignment('0x8')}, did you mean write 0x8=1 --dry-run?`],
  ['write 0x9 1', noAssignment('0x9')],
  ['write 0x8 0x100 8', noAssignment('0x8')],
  ['md 0x4000', notCommand('md', 'dump 0x4000')],
  ['md 0x4000 0x10', notCommand('md', 'dump 0x4000..+0x40')],
  ['md 0x4000 10', notCommand('md', 'dump 0x4000')],
  ['md.b 0x4000 3', notCommand('md.b', 'dump 0x4000..+0x3 --width 8')],
  ['md 0x4000+0x10', notCommand('md', 'dump 0x4000..+0x10')],
  ['md 0x4000-0x400f -t sim:', notCommand('md', 'dump 0x4000..0x4010 -t sim:')],
  ['md', notCommand('md', 'dump')],
  ['mw 0x8 1', notCommand('mw', 'write 0x8=1')],
  ['mw.b 0x8 1', notCommand('mw.b', 'write 0x8=1 --width 8')],
  ['mw 0x8 1 4', notCommand('mw', 'write')],
  ['memtool md 0x10+0x20', notCommand('memtool', 'dump 0x10..+0x20')],
  ['memtool mw 0x10 1', notCommand('memtool', 'write 0x10=1')],
  ['peek 0x10', notCommand('peek', 'read 0x10')],
  ['peek 0x10 4', notCommand('peek', 'read 0x10 --count 4')],
  ['peek 0x10 0x20', notCommand('peek', 'read 0x10 --count 0x20')],
  ['poke 0x10 1', notCommand('poke', 'write 0x10=1')],
  ['hexdump boot.bin', notCommand('hexdump', 'dump file:boot.bin')],
  ['xxd 0x10', notCommand('xxd', 'dump 0x10')],
  ['ls', notCommand('ls', 'list')],
  ['ls pci', notCommand('ls', 'list pci')],
  ['devmem2 0x10 w 1', notCommand('devmem2', 'devmem 0x10 w 1')],
  [
    'pcimem /sys/bus/pci/devices/0000:00:04.0/resource0 0x4 w',
    notCommand('pcimem', 'read pci:0000:00:04.0/bar0+0x4 --width 32'),
  ],
  ['pcimem boot.bin 0x4 w', notCommand('pcimem', 'read file:boot.bin+0x4 --width 32')],
  ['pcimem boot.bin 0x4 h 1', notCommand('pcimem', 'write file:boot.bin+0x4=1 --width 16')],
  ['rwmem 0x10:7:4', notCommand('rwmem', 'read 0x10:7:4')],
  ['rwmem 0x10=1', notCommand('rwmem', 'write 0x10=1')],
  ['dump boot.bin', '"boot.bin" is a file, and no place, did you mean dump file:boot.bin?'],
  ['dump boot.bin..+4', '"boot.bin" is a file, and no place, did you mean dump file:boot.bin..+4?'],
  ['read 0x10.bin', '"0x10.bin" is a file, and no place, did you mean read file:0x10.bin?'],
  ['write boot.bin=1', '"boot.bin" is a file, and no place, did you mean write file:boot.bin=1?'],
  [
    'search boot.bin text:boot',
    '"boot.bin" is a file, and no place, did you mean search file:boot.bin text:boot?',
  ],
  [
    'dump none.bin',
    '"none.bin" is not a place: expected an address such as 0xfed00000, or pci:, uio:, iomem:, dt:, dtb:, pid:, kernel:, port:, file:',
  ],
  [
    'read 0x10[7:4]',
    '"0x10[7:4]" is not a place: bits stand behind a colon, did you mean 0x10:7:4?',
  ],
  [
    'read sim:0x10000000',
    '"sim:" is a target, and no kind of place: write --target sim: 0x10000000',
  ],
  ['write 0x10==1', '"0x10==1" is not an assignment: expected one "=", did you mean 0x10=1?'],
  [
    'write 0x10|=1',
    '"0x10|=1" is not an assignment: "|=" is not taken, bits are named, did you mean 0x10:0=0x1?',
  ],
  [
    'write 0x10+=1',
    '"0x10+=1" is not an assignment: "+=" is not taken: read the value first, and write what it is to be',
  ],
  [
    'dump 0x10000000..16',
    '"0x10000000..16" is reversed: it ends before it starts, did you mean 0x10000000..+16?',
  ],
  ['read 0x1000000g', '"0x1000000g" is not an address: unexpected "g" after 0x1000000'],
  [
    'fill 0x10..+4 -0x10',
    '"-0x10" is not an option of fill, did you mean fill 0x10..+4 -- -0x10?\n  hint: see physmem fill --help',
  ],
  [
    'load boot.bin 0x40000000',
    '"boot.bin" is not a place: expected an address such as 0xfed00000, or pci:, uio:, iomem:, dt:, dtb:, pid:, kernel:, port:, file:, did you mean load 0x40000000 boot.bin?',
  ],
  [
    'load 0x10',
    'load needs a FILE, such as physmem load 0x40000000 ram.bin\n  hint: see physmem load --help',
  ],
  [
    'write',
    'write needs an ASSIGNMENT, such as physmem write 0x09000000=0x41 --width 8\n  hint: see physmem write --help',
  ],
  ['list --x', '"--x" is not an option of list\n  hint: see physmem list --help'],
]

describe('a habit', () => {
  it.each(habits)('%s', async (line, message) => {
    const memory = await recordedSim()
    const words = line.split(' ')
    expect(await run(words, { memory })).toEqual({
      code: 2,
      out: '',
      err: `physmem: ${message}\n`,
    })
    expect(accessesOf(memory)).toEqual([])
  })

  it('gets only lines that are taken as they stand', async () => {
    const lines = habits.flatMap(([, message]) => {
      const meant = /did you mean (.*)\?/.exec(message)?.[1] ?? ''
      return meant.includes(' ') ? [meant] : []
    })
    expect(lines.length).toBeGreaterThan(30)
    for (const line of lines) expect(await whyRefused(line.split(' ')), line).toBeUndefined()
  })
})

it('fill takes -1 without more', async () => {
  const memory = await recordedSim()
  expect((await run('fill 0x10000008..+4 -1', { memory })).code).toBe(0)
  expect(accessesOf(memory)).toEqual(['w32 0x10000008=0xffffffff'])
})
