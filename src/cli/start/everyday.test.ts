import { describe, expect, it } from 'vitest'
import { TARGET_SCHEMES } from '../../place/target.ts'
import { globalOptions } from '../frame/globals.ts'
import { valueFlags } from '../frame/words.ts'
import { lessonOf, partFor } from './everyday.ts'

describe('partFor', () => {
  it.each([
    ['read 0x10', 'everyday'],
    ['--json --width 8 write 0x10=1', 'everyday'],
    ['--target local read 0x10', 'everyday'],
    ['--target sim: read 0x10', 'whole'],
    ['-tsim:board.yaml read 0x10', 'whole'],
    ...TARGET_SCHEMES.map((scheme): [string, string] => [`-t ${scheme}x read 0x10`, 'whole']),
    ['read 0x10 --target=sim:', 'whole'],
    ['-t ssh://board read 0x10', 'whole'],
    ['map --target=sudo:', 'whole'],
    ['list -texec:env', 'whole'],
    ['read pci:0000:00:04.0/bar0 file:x uio:a/b', 'everyday'],
    ['read 0x10 iomem:x', 'whole'],
    ['read i2c:1:0x48 --width 8', 'whole'],
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
    expect(partFor(argv, {}, ['read'])).toBe('batch')
    expect(partFor(['-t', 'sim:', ...argv], {}, ['read'])).toBe('whole')
    expect(partFor(argv, { PHYSMEM_TARGET: 'sim:' }, ['read'])).toBe('whole')
    expect(lessonOf(argv, ['read', 'wait'])).toBe('batch+read+wait')
    expect(lessonOf(argv)).toBe('batch')
  })

  it('knows which options take a value', () => {
    const flags = Object.values(globalOptions)
      .filter((option) => 'parse' in option)
      .flatMap((option) => option.flags.replace(/ <.*/, '').split(', '))
    expect(flags).toEqual(valueFlags)
  })
})
