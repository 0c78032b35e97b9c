import { describe, expect, it } from 'vitest'
import { isEveryday, valueFlags } from './everyday.ts'
import { globalOptions } from './globals.ts'

describe('isEveryday', () => {
  it.each([
    ['read 0x10', true],
    ['--json --width 8 write 0x10=1', true],
    ['--target local read 0x10', true],
    ['--target sim: read 0x10', false],
    ['-tsim:board.yaml read 0x10', false],
    ['read 0x10 --target=sim:', false],
    ['read pci:0000:00:04.0/bar0 file:x uio:a/b', true],
    ['read 0x10 iomem:x', false],
    ['write dtb:b.dtb:serial0=1', false],
    ['load 0x10 read', false],
    ['help read', false],
    ['--help', false],
    ['', false],
  ])('%s: %s', (line, expected) => {
    expect(isEveryday(line.split(' '))).toBe(expected)
  })

  it('knows which options take a value', () => {
    const flags = Object.values(globalOptions)
      .filter((option) => 'parse' in option)
      .flatMap((option) => option.flags.replace(/ <.*/, '').split(', '))
    expect(flags).toEqual(valueFlags)
  })
})
