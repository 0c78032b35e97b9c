import { describe, expect, it } from 'vitest'
import { whyBroken } from './broken.ts'
import { parseTree } from './parse.ts'

describe('a text that is not YAML', () => {
  it.each([
    ['a: "b', '1:6: a quote is not closed'],
    ["a: 'b", '1:6: a quote is not closed'],
    ['a: { b: 1', '1:10: a } is missing: a { is not closed'],
    ['a: [b', '1:6: a ] is missing: a [ is not closed'],
    ['a: 1\nb', '2:1: a colon is missing after this key'],
    ['a\nb: 1', '1:1: a colon is missing: a key is on one line, with a colon after it'],
    [
      'a: { b: 1 c: 2 }',
      '1:9: inside of brackets a comma is missing, or something is not in brackets',
    ],
    ['a:\n  b: 1\n c: 2', '3:1: this line is indented differently from those beside it'],
    ['\ta: 1', '1:1: this line is indented with a tab: use blanks'],
    [
      'a: b: c',
      '1:4: this is a second key in one line: write it on its own line, or quote the text',
    ],
    ['a: @b', '1:4: a text that begins with this character must be quoted'],
    ['a: "\\q"', '1:5: this escape does not exist: in single quotes, \\ is an ordinary character'],
    ['a: }', '1:4: this is unexpected: a bracket or a quote may be missing before it'],
    ['a: 1\n---\nb: 2', '2:1: a second document begins here (---): a file has one'],
    ['a: !x y', '1:4: this tag is not known: quote a text that begins with !'],
    ['a: "x"#y', '1:7: a blank is missing before the #'],
  ])('is refused with line, column and words of ours: %j', (text, message) => {
    expect(() => parseTree(text, 'physmem.yaml')).toThrow(`physmem.yaml:${message}`)
  })

  it('has words for what yaml may find besides', () => {
    expect(whyBroken({ code: 'IMPOSSIBLE', message: 'Block scalar header not found' })).toBe(
      'this is not YAML: quote texts with special characters',
    )
  })
})
