import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splitWords } from '../../text/shell-words.ts'
import { TestFolder } from '../testing/files.ts'
import { everyday, partFor } from './everyday.ts'
import { plainCommands, scriptOf } from './script.ts'

const folder = new TestFolder()

describe('scriptOf', () => {
  const file = folder.file('script.txt', 'read 0x10\n')

  it.each([`batch ${file}`, `-q batch --keep-going ${file}`, `--width 8 batch ${file} --json`])(
    '%s',
    (line) => {
      expect(scriptOf(line.split(' '))).toBe('read 0x10\n')
    },
  )

  it.each(['batch -', 'batch', `read ${file}`, `batch ${file}.away`, `batch ${folder.path}`, ''])(
    'leaves %s to the command',
    (line) => {
      expect(scriptOf(line.split(' '))).toBeUndefined()
    },
  )
})

describe('plainCommands', () => {
  it.each([
    ['', []],
    ['# nothing\n\n', []],
    ['read 0x10\nphysmem read 0x14 # again\r\n\twait  0x10:7=1 --timeout 5ms\n', ['read', 'wait']],
    ['write file:/a+4=1 pci:0000:00:04.0/bar0+8:7:4=~1 -w 8 --verify', ['write']],
    ['read uio:x/map0 --base=dec\ndevmem 0x10 32 1', ['read', 'devmem']],
  ])('%j', (script, held) => {
    expect(plainCommands(script)).toEqual(held)
  })

  it.each([
    ...['dump 0x10', '-q read 0x10', 'read UART0.FR', 'read pl011@0x9000.FR', 'read 0x9000@0.FR'],
    ...['read pci:0000:00:04.0.ID', 'read pci:1234:5678/config', 'read iomem:x', 'read pid:1:0x0'],
    ...['read 0x10 -t sim:', 'read 0x10 --target=sim:', 'read 0x10 -tsim:', 'read 0x10 -qt sim:'],
    ...['read 0x10 -h', 'read 0x10 -qh', 'read --help'],
    ...[
      'read 0x10 --chip 1.svd',
      'read 0x10 --board=1',
      "read '0x10'",
      'read 0x1\\0',
      'reads 0x10',
    ],
    ...['physmem', 'readx', 'read 0x10 # a\ndump 0x10'],
  ])('finds more than that in %j', (script) => {
    expect(plainCommands(script)).toBeUndefined()
  })

  it('finds nothing plain that an everyday command has not with it', () => {
    const word = fc.oneof(
      fc.constantFrom(
        ...everyday,
        'physmem',
        '#',
        '--base',
        'hex',
        '--verify',
        '-w',
        '--chip',
        '-h',
        '-qh',
      ),
      fc.constantFrom('0x10', '0x10:7:4=1', 'file:/a', 'pci:1:2.3/bar0', 'pci:1:2.3/config'),
      fc.constantFrom('uio:a/b', 'iomem:x', 'sim:', '-t', '@x', 'A.B', 'local', '-qt'),
      fc.string({ unit: fc.constantFrom(...'-=:.@+#x0a/tp '), maxLength: 6 }),
    )
    const line = fc.tuple(fc.constantFrom(...everyday), fc.array(word, { maxLength: 4 }))
    fc.assert(
      fc.property(line, ([command, rest]) => {
        const text = [command, ...rest].join(' ')
        if (plainCommands(text) === undefined) return
        const words = splitWords(text)
        expect(words[0]).toBe(command)
        expect(partFor(words)).toBe('everyday')
      }),
      { numRuns: 2000 },
    )
  })
})
