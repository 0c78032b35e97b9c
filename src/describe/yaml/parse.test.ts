import { describe, expect, it } from 'vitest'
import { readYaml } from './read.ts'
import { sourceOf } from './testing/text.ts'

describe('readYaml', () => {
  it.each([
    [
      '{}',
      'a.yaml:1:1: expected a description of registers, with "blocks" (or a board, with "regions"), got neither',
    ],
    [
      '[]',
      'a.yaml:1:1: expected a description of registers, with "blocks" (or a board, with "regions"), got a list',
    ],
    [
      '',
      'a.yaml:1:1: expected a description of registers, with "blocks" (or a board, with "regions"), got nothing',
    ],
    ['blocks: *a', 'a.yaml:1:9: there is no anchor &a before this alias'],
    ['blocks: &a [*a]', 'a.yaml:1:13: the alias *a is inside what it names'],
    ['? [a]\n: b', 'a.yaml:1:3: a key must be text'],
    ['blocks: {', 'a.yaml:1:10: a } is missing: a { is not closed'],
    [
      `blocks: ${'['.repeat(100)}${']'.repeat(100)}`,
      'a.yaml:1:72: this is nested more than 64 levels deep',
    ],
    [
      `blocks: ${'['.repeat(50_000)}${']'.repeat(50_000)}`,
      'a.yaml:1:1: this is nested more than 64 levels deep',
    ],
    ['\u0000', 'a.yaml is not YAML text: it contains bytes that no text has'],
  ])('refuses what is not a description: %.40s', (text, message) => {
    expect(() => readYaml(sourceOf(text))).toThrow(
      expect.objectContaining({ code: 'ESYNTAX', message }),
    )
  })

  it('refuses aliases that stand for more than anybody wrote', () => {
    const levels = Array.from({ length: 12 }, (_, level) => {
      const before = level === 0 ? 'x' : `*l${level - 1}`
      return `l${level}: &l${level} [${Array(10).fill(before).join(', ')}]`
    })
    expect(() => readYaml(sourceOf(levels.join('\n')))).toThrow(
      'a.yaml:6:10: the aliases up to here stand for more than 200000 parts',
    )
  })
})
