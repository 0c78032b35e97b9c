import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RequestError } from '../base/errors.ts'
import { checkTarget, parseBoardFile } from './board-file.ts'

const groupsOf = (text: string) =>
  parseBoardFile(text, 'b.yaml').groups.map(({ group, target }) => `${group} ${target}`)

function thrownBy(act: () => unknown): unknown {
  try {
    act()
  } catch (error) {
    return error
  }
  return undefined
}

describe('groups of targets', () => {
  it('are lists, or one target', () => {
    expect(groupsOf("targets: { lab: ['ssh://a', 'exec:adb shell'], b-1.x: 'sim:' }")).toEqual([
      ...['lab ssh://a', 'lab exec:adb shell', 'b-1.x sim:'],
    ])
    expect(groupsOf('chip: a.svd')).toEqual([])
    expect(parseBoardFile('targets:\n  lab: [x, y]', 'b').groups[1]?.at).toEqual({
      ...{ line: 2, column: 12 },
    })
  })

  it.each([
    ['targets: a', '1:10: targets: expected groups, as in { lab: [TARGET, TARGET] }, got "a"'],
    ['targets: { lab: [] }', '1:17: targets: lab: expected at least one target'],
    ['targets: { lab: [[a]] }', '1:18: targets: lab: expected a text, got a list'],
    ["targets: { lab: '' }", '1:17: targets: lab: expected a text, got nothing'],
    [
      "targets: { lab: ['@b'] }",
      '1:18: targets: lab: a group has targets, and no other group: "@b"',
    ],
    ['targets: { lab: [a, a] }', '1:21: targets: lab: "a" is given twice'],
    ['targets: { lab: a, lab: b }', '1:20: "lab" is given twice, first in line 1'],
    [
      'targets: { a b: c }',
      '1:12: "a b" is not the name of a group: expected letters, digits, ., - and _',
    ],
  ])('are refused: %s', (text, message) => {
    expect(thrownBy(() => groupsOf(text))).toMatchObject({
      ...{ code: 'ESYNTAX', message: `b.yaml:${message}` },
    })
  })

  it('are as they are written, or refused', () => {
    const name = fc.string({ unit: fc.constantFrom('a', 'Z', '0', '-', '.', '_', ' ', '@') })
    fc.assert(
      fc.property(
        fc.dictionary(name, fc.array(fc.constantFrom('ssh://a', 'sim:', 'exec:x y', '0x10'))),
        (groups) => {
          const text = JSON.stringify({ targets: groups })
          const lists = Object.entries(groups)
          const isRight = lists.every(
            ([key, list]) =>
              /^[\w.-]+$/.test(key) && list.length > 0 && new Set(list).size === list.length,
          )
          const written = lists.flatMap(([key, list]) => list.map((one) => `${key} ${one}`))
          if (isRight) expect(groupsOf(text)).toEqual(written)
          else expect(() => groupsOf(text)).toThrow(RequestError)
        },
      ),
    )
  })

  it('are machines that the file is for, too', () => {
    const board = parseBoardFile('target: ssh://a\ntargets: { lab: [ssh://b] }', 'b.yaml')
    expect(() => checkTarget(board, 'ssh://a')).not.toThrow()
    expect(() => checkTarget(board, 'ssh://b')).not.toThrow()
    expect(() => checkTarget(board, 'local')).toThrow(
      'b.yaml is for the target "ssh://a", but this is "local"',
    )
  })
})
