import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splitWords } from './shell-words.ts'
import { acceptedBy, refused } from './testing/refused.ts'

describe('the words of a line', () => {
  it.each([
    ['', []],
    ['  \t ', []],
    ['# all of it', []],
    ['read 0x10 --width 8', ['read', '0x10', '--width', '8']],
    ['\tread  0x10\t # why', ['read', '0x10']],
    ['read dt:soc#1', ['read', 'dt:soc#1']],
    [`read 'iomem:"PCI Bus 0000:00"'`, ['read', 'iomem:"PCI Bus 0000:00"']],
    ['read "file:a b.bin"+4', ['read', 'file:a b.bin+4']],
    ['load 0x10 "say \\"hi\\" for \\$5 \\n"', ['load', '0x10', 'say "hi" for $5 \\n']],
    ['load 0x10 a\\ b\\;c', ['load', '0x10', 'a b;c']],
    [`load 0x10 ''`, ['load', '0x10', '']],
    [`search 0..+16 'a $b; c'`, ['search', '0..+16', 'a $b; c']],
    ["load 0 '#1'#2", ['load', '0', '#1#2']],
  ])('of %j are %j', (line, words) => {
    expect(splitWords(line)).toEqual(words)
  })

  it.each([
    ["read 'a b", `"read 'a b" is not a command: the ' before "a b" has no end`],
    ['read "a b', `"read \\"a b" is not a command: the " before "a b" has no end`],
    ['read 0x10 \\', '"read 0x10 \\" is not a command: nothing follows \\: a command is one line'],
    [
      'read 0x10; read 0x14',
      '"read 0x10; read 0x14" is not a command: no shell acts on ; here: quote it to mean the character',
    ],
    [
      'dump 0x10..+16 > a.txt',
      '"dump 0x10..+16 > a.txt" is not a command: no shell acts on > here: quote it to mean the character',
    ],
    [
      'read "$BASE"',
      '"read \\"$BASE\\"" is not a command: no shell acts on $ here: quote it to mean the character',
    ],
  ])('%j is refused', (line, message) => {
    expect(refused(() => splitWords(line))).toBe(`ESYNTAX ${message}`)
  })

  it('are those of a shell, or refused', () => {
    const pieces = [
      'a',
      '0x10',
      ' ',
      '\t',
      "'",
      '"',
      '\\',
      '#',
      '=',
      ':',
      '+',
      '!',
      '$',
      ';',
      '..',
      '/',
    ]
    const line = fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((all) => all.join(''))
    const lines = fc.sample(line, { numRuns: 400, seed: 5 })
    const taken = lines.flatMap((text) => {
      const words = acceptedBy(() => splitWords(text))
      return words ? [{ text, words }] : []
    })
    expect(taken.length).toBeGreaterThan(100)
    // A function whose arguments are the words: `!` and `..` mean nothing there.
    const script = taken.map(({ text }) => `w ${text}\n`).join('')
    const shell = execFileSync('sh', ['-c', `w() { printf '%s\\0' "$#" "$@"; }\n${script}`], {
      encoding: 'utf8',
    })
    const expected = taken.map(({ words }) =>
      [words.length, ...words].map((word) => `${word}\0`).join(''),
    )
    expect(shell).toBe(expected.join(''))
  })
})
