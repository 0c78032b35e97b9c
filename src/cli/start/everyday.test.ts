import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { TARGET_SCHEMES } from '../../place/target.ts'
import { mayBoardSay } from '../frame/board-here.ts'
import { globalOptions } from '../frame/globals.ts'
import { valueFlags } from '../frame/words.ts'
import { TestFolder } from '../testing/files.ts'
import { lessonOf, partFor } from './everyday.ts'

describe('partFor', () => {
  it.each([
    ['read 0x10', 'everyday'],
    ['--json --width 8 write 0x10=1', 'everyday'],
    ['--target local read 0x10', 'everyday'],
    ['--target sim: read 0x10', 'whole'],
    ['-tsim:board.yaml read 0x10', 'whole'],
    ...TARGET_SCHEMES.map((scheme): [string, string] => [
      `-t ${scheme}x read 0x10`,
      ['sim:', 'gdb:', 'qmp:'].includes(scheme) ? 'whole' : 'remote',
    ]),
    ['read 0x10 --target=sim:', 'whole'],
    ['-t ssh://board read 0x10', 'remote'],
    ['read 0x10 -t ssh://board --sudo -w 8', 'remote'],
    ['write 0x10=1 dt:serial0=2 --target=unix:/run/a --json', 'remote'],
    ['-qtsudo: wait 0x10=1 --timeout 5ms', 'remote'],
    ['read iomem:x pci:0000:00:04.0/config i2c:1:0x48 -t exec:sh', 'remote'],
    ['read port:0x70 -w 8 --target serial:/dev/ttyUSB0', 'remote'],
    ['read UART0.FR -t ssh://board', 'whole'],
    ['read pci:0000:00:04.0.ID -t ssh://board', 'whole'],
    ['read 0x10 -t ssh://a -t ssh://b', 'whole'],
    ['read 0x10 -t ssh://a -qt ssh://b', 'whole'],
    ['read 0x10 -t @lab', 'whole'],
    ['read 0x10 -qt@lab', 'whole'],
    ['-qt sim: read 0x10', 'whole'],
    ['read sim:0x10 -t ssh://board', 'whole'],
    ['read 0x10 -t gdb:/run/gdb', 'whole'],
    ['read 0x10 --chip a.svd -t ssh://board', 'whole'],
    ['dump 0x10 -t ssh://board', 'whole'],
    ['devmem 0x10 -t ssh://board', 'whole'],
    ['read 0x10 -- -t ssh://board', 'whole'],
    ['read 0x10 -t', 'everyday'],
    ['map --target=sudo:', 'whole'],
    ['list -texec:env', 'whole'],
    ['read pci:0000:00:04.0/bar0 file:x uio:a/b', 'everyday'],
    ['read 0x10 iomem:x', 'whole'],
    ['read i2c:1:0x48 --width 8', 'whole'],
    ['read new:1', 'whole'],
    ['read 0x10:7:4 0x20', 'everyday'],
    ['read --help', 'whole'],
    ['-h translate', 'whole'],
    ['map -qh', 'whole'],
    ['read 0x10 --width 8', 'everyday'],
    ['write dtb:b.dtb:serial0=1', 'whole'],
    ['load 0x10 read', 'whole'],
    ['map', 'looking'],
    ['--json map iomem:x', 'looking'],
    ['list pci: -q', 'looking'],
    ['list dt: pci: --json', 'looking'],
    ['list UART*', 'whole'],
    ['list --chip=a.svd', 'whole'],
    ['map pid:1:0x1000', 'whole'],
    ['map -q kernel:jiffies', 'whole'],
    ['translate 1 0x1000', 'translating'],
    ['--json translate kernel jiffies', 'translating'],
    ['-t sim: translate 1 0x1000', 'whole'],
    // It may be the name of a block.
    ['read map', 'named'],
    ['read UART0.FR', 'named'],
    ['read 0x10 --base hex', 'everyday'],
    ['read pci:0000:00:04.0/bar0', 'everyday'],
    ['read pci:0000:00:04.0.ID', 'named'],
    ['write pl011@0x9000000.CR:TXE=1', 'named'],
    ['wait UART0.FR:BUSY=0 --chip a.svd', 'named'],
    ['read pl011@pid:1:0x1000.FR', 'named'],
    ['read UART0.FR --target sim:', 'whole'],
    ['watch UART0.FR', 'whole'],
    ['help read', 'whole'],
    ['--help', 'whole'],
    ['', 'whole'],
  ])('%s: %s', (line, expected) => {
    expect(partFor(line.split(' '))).toBe(expected)
  })

  it('runs a batch of everyday commands by a part of its own', () => {
    const argv = ['-q', 'batch', 'script.txt']
    expect(partFor(argv)).toBe('whole')
    expect(partFor(argv, {}, undefined, ['read'])).toBe('batch')
    expect(partFor(argv, {}, () => true, ['read'])).toBe('whole')
    expect(partFor(['-t', 'sim:', ...argv], {}, undefined, ['read'])).toBe('whole')
    expect(partFor(argv, { PHYSMEM_TARGET: 'sim:' }, undefined, ['read'])).toBe('whole')
    expect(lessonOf(argv, ['read', 'wait'])).toBe('batch+read+wait')
    expect(lessonOf(argv)).toBe('batch')
  })

  it('minds the target of the environment', () => {
    const part = (line: string, target: string) =>
      partFor(line.split(' '), { PHYSMEM_TARGET: target })
    expect(part('read 0x10', 'ssh://board')).toBe('remote')
    expect(part('read 0x10 -t local', 'ssh://board')).toBe('whole')
    expect(part('read 0x10 -t ssh://board', 'sim:')).toBe('remote')
    expect(part('read 0x10', 'sim:')).toBe('whole')
    expect(part('read UART0.FR', 'ssh://board')).toBe('whole')
  })

  it('knows which options take a value', () => {
    const flags = Object.values(globalOptions)
      .filter((option) => 'parse' in option)
      .flatMap((option) => option.flags.replace(/ <.*/, '').split(', '))
    expect(flags).toEqual(valueFlags)
  })
})

describe('partFor beside a board file', () => {
  const folder = new TestFolder()
  const far = folder.file('far.yaml', "target: 'sim:'\n")
  const near = folder.file('near.yaml', 'chip: a.svd\n')
  const part = (line: string, found: string | undefined, env = {}) =>
    partFor(line.split(' '), env, (named, given) =>
      mayBoardSay(named ?? (given.PHYSMEM_BOARD ? undefined : (found ?? 'none')), given),
    )

  it.each([
    ['read 0x10', 'everyday'],
    ['devmem 0x10', 'everyday'],
    ['read UART0.FR', 'named'],
    ['map', 'looking'],
    ['translate 1 0x10', 'translating'],
  ])('is whole for %s where it may name a machine', (line, small) => {
    expect(part(line, far)).toBe('whole')
    expect(part(line, near)).toBe(small)
    expect(part(line, undefined)).toBe(small)
    expect(part(line, undefined, { PHYSMEM_BOARD: far })).toBe('whole')
    expect(part(line, far, { PHYSMEM_BOARD: 'none' })).toBe(small)
    expect(part(`${line} -t local`, far)).toBe(small)
    expect(part(`-q -t local ${line}`, far)).toBe(small)
    expect(part(`${line} --target=local`, far)).toBe(small)
    expect(part(line, far, { PHYSMEM_TARGET: 'local' })).toBe(small)
  })

  it('minds --board', () => {
    expect(part(`read A.B --board ${near}`, far)).toBe('named')
    expect(part(`read A.B --board=${far}`, near)).toBe('whole')
    expect(part(`read A.B --board ${far}`, undefined)).toBe('whole')
    expect(part('read A.B --board none', far)).toBe('named')
    expect(part('read A.B --board=none', far)).toBe('named')
    expect(part('read 0x10 --board', far)).toBe('whole')
  })

  it('takes no word for an option that may be the value of one', () => {
    expect(part('read 0x10 --chip -t5', far)).toBe('whole')
    expect(part('read 0x10 --chip --board none', far)).toBe('whole')
    expect(part('read 0x10 -- -t local', far)).toBe('whole')
  })

  it('leaves what it cannot read to whole', () => {
    const gone = join(folder.path, 'gone.yaml')
    symlinkSync('nowhere', gone)
    const sub = join(folder.path, 'sub.yaml')
    mkdirSync(sub)
    const large = folder.file('large.yaml', new Uint8Array((1 << 20) + 1))
    for (const path of [gone, sub, large, ''])
      expect(part(`read 0x10 --board=${path}`, far)).toBe('whole')
  })
})
