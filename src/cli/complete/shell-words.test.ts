import { describe, expect, it } from 'vitest'
import { quoted, readTypedLine } from './shell-words.ts'

/** As bash has them unless somebody changed them. */
const BREAKS = ' \t\n"\'><=;|&(:'

describe('a line that is being typed', () => {
  it.each([
    ['physmem re', ['physmem', 're'], '', 0],
    ['physmem  read ', ['physmem', 'read', ''], '', 0],
    ['physmem read iomem:IO', ['physmem', 'read', 'iomem:IO'], '', 6],
    ['physmem read iomem:"HPET 0', ['physmem', 'read', 'iomem:HPET 0'], '"', 6],
    ["physmem read 'iomem:HPET ", ['physmem', 'read', 'iomem:HPET '], "'", 0],
    ['physmem read iomem:HPET\\ ', ['physmem', 'read', 'iomem:HPET '], '', 6],
    ['physmem read iomem:"a b"+0', ['physmem', 'read', 'iomem:a b+0'], '', 6],
    ['physmem read "iomem:a b"', ['physmem', 'read', 'iomem:a b'], '', 0],
    ['physmem read --endian=b', ['physmem', 'read', '--endian=b'], '', 9],
    ['physmem read "a\\"b\\c', ['physmem', 'read', 'a"b\\c'], '"', 0],
    ["physmem read ''", ['physmem', 'read', ''], '', 0],
  ] as const)('%s', (line, words, quote, kept) => {
    expect(readTypedLine(line, BREAKS)).toEqual({ words, quote, kept })
  })

  it('is broken at blanks only where the shell says so', () => {
    expect(readTypedLine('physmem read iomem:IO', ' \t\n')).toMatchObject({ kept: 0 })
  })
})

describe('a text, quoted', () => {
  it.each([
    ['System RAM [1]', '', 'System\\ RAM\\ \\[1\\]'],
    ["it's $5", '"', "it's \\$5"],
    ["it's $5", "'", "it'\\''s $5"],
  ] as const)('%s inside of %j', (text, quote, written) => {
    expect(quoted(text, quote)).toBe(written)
  })
})
