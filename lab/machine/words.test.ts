import { describe, expect, it } from 'vitest'
import { plainWords } from './words.ts'

describe('plainWords', () => {
  it.each<[string, string[]]>([
    ['', []],
    ['read 0x10', ['read', '0x10']],
    ['  read\t--width 8  a=1,2 ', ['read', '--width', '8', 'a=1,2']],
    ["read 'iomem:System RAM' -q", ['read', 'iomem:System RAM', '-q']],
    ['read "PCI Bus"/x\'$y\'', ['read', 'PCI Bus/x$y']],
    ["read ''", ['read', '']],
    ['pci:0000:00:04.0/bar0+0x4:7:4=%u@-', ['pci:0000:00:04.0/bar0+0x4:7:4=%u@-']],
  ])('takes %j apart', (line, words) => {
    expect(plainWords(line)).toEqual(words)
  })

  it.each([
    'read $x',
    'read "$x"',
    'read `x`',
    'read 1; read 2',
    'read 1 | cat',
    'read 1 > file',
    'read 1 &',
    'read *',
    'read [a]',
    'read ~',
    'read \\x',
    "read 'x",
    'read 1\nread 2',
    'read # all',
    '(read)',
    '{ read; }',
    'read {1,2}',
  ])('leaves %j to the shell', (line) => {
    expect(plainWords(line)).toBeUndefined()
  })
})
