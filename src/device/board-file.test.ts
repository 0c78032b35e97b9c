import { chmodSync, chownSync, mkdirSync, symlinkSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PhysmemError } from '../base/errors.ts'
import { TestFolder } from '../cli/testing/files.ts'
import { parseBoardFile } from './board-file.ts'
import { findBoardFile } from './find-board.ts'
import { trustedUsers } from './trusted.ts'

const uid = process.getuid?.() ?? 0

function said(act: () => unknown): string {
  try {
    return JSON.stringify(act())
  } catch (error) {
    if (error instanceof PhysmemError) return `${error.code} ${error.message}`
    throw error
  }
}

const at = (line: number, column: number) => ({ line, column })

describe('a board file', () => {
  it('names what lies beside it', () => {
    const text = `
chip: bcm2711.svd   # a file
overlays: [fixes.yaml]
blocks:
  dma0: { is: "xlnx,axi-dma-1.00.a", at: "uio:dma/map0" }
  sensor: { is: ./sensor.yaml, at: 0x40001000 }
target: 'sim:'
`
    expect(parseBoardFile(text, '/b/physmem.yaml')).toEqual({
      ...{ path: '/b/physmem.yaml', chip: '/b/bcm2711.svd', overlays: ['/b/fixes.yaml'] },
      blocks: [
        { name: 'dma0', is: 'xlnx,axi-dma-1.00.a', isAt: at(5, 15), at: 'uio:dma/map0' },
        { name: 'sensor', is: '/b/sensor.yaml', isAt: at(6, 17), at: '0x40001000' },
      ],
      unusable: [],
      groups: [],
      target: 'sim:',
      named: [
        { key: 'chip', at: at(2, 7) },
        { key: 'overlays', at: at(3, 12) },
        { key: 'target', at: at(7, 9) },
      ],
    })
    expect(parseBoardFile('', '/b/physmem.yaml')).toMatchObject({ blocks: [], overlays: [] })
  })

  it.each([
    ['chp: a.svd', 'ESYNTAX b.yaml:1:1: a board file has no "chp", did you mean chip?'],
    ['chip: [a]', 'ESYNTAX b.yaml:1:7: chip: expected a text, got a list'],
    [
      'blocks: a',
      'ESYNTAX b.yaml:1:9: blocks: expected names, each with { is: KIND, at: PLACE }, got "a"',
    ],
    ['chip: a\nchip: b', 'ESYNTAX b.yaml:2:1: "chip" is given twice, first in line 1'],
  ])('%j is refused with its line', (text, message) => {
    expect(said(() => parseBoardFile(text, 'b.yaml'))).toBe(message)
  })

  it.each([
    ['a: { is: x }', 'b.yaml:2:3: a: at is missing'],
    [
      '0a: { is: x, at: 0 }',
      'b.yaml:2:3: "0a" is not the name of a block: expected letters, digits and _',
    ],
    ['a: { is: x, at: 0, to: 1 }', 'b.yaml:2:22: a has no "to": it has is, at'],
    ['a: { is: [x], at: 0 }', 'b.yaml:2:12: a: is: expected a text, got a list'],
    ['a: x', 'b.yaml:2:6: a: expected { is: KIND, at: PLACE }, got "x"'],
    ['a: { is: x, at: 0, at: 1 }', 'b.yaml:2:22: "at" is given twice, first in line 2'],
    [
      'a: { is: x, at: 0 }\n  a: { is: x, at: 1 }',
      'b.yaml:3:3: "a" is given twice, first in line 2',
    ],
  ])('keeps what is wrong in %j apart from other blocks', (entry, message) => {
    const { blocks, unusable } = parseBoardFile(
      `blocks:\n  ${entry}\n  good: { is: x, at: 0 }`,
      'b.yaml',
    )
    expect(blocks.map(({ name }) => name)).toEqual(['good'])
    expect(unusable.map(({ name, why }) => [name, why.code, why.message])).toEqual([
      [entry.split(':')[0], 'ESYNTAX', message],
    ])
  })

  it('of any text is read or refused, with a place in it', () => {
    const words = fc.constantFrom('chip', ': ', ' ', '\n', '{', '}', '[', 'blocks', 'a', '&x', '*x')
    fc.assert(
      fc.property(fc.array(words, { maxLength: 20 }), (some) => {
        const text = some.join('')
        const what = said(() => parseBoardFile(text, 'b.yaml'))
        if (what.startsWith('{')) return
        const line = Number(/^ESYNTAX b\.yaml:(\d+):\d+: ./.exec(what)?.[1])
        expect(line >= 1 && line <= text.split('\n').length).toBe(true)
      }),
      { numRuns: 200 },
    )
  })

  it('has each entry of blocks as a block, or as one that cannot be used', () => {
    const value = fc.constantFrom('x', '0x1000', 'uio:a/map0', '[x]', '{ a: b }', "''", 'no where')
    const key = fc.constantFrom('is', 'at', 'to')
    const place = fc.constantFrom('0x1000', 'uio:a/map0')
    const keys = fc.oneof(
      fc.dictionary(key, value, { maxKeys: 3 }),
      fc.record({ is: fc.constant('x'), at: place }),
    )
    const entry = fc.oneof(
      value,
      keys.map((given) => {
        const all = Object.entries(given).map(([one, other]) => `${one}: ${other}`)
        return { text: `{ ${all.join(', ')} }`, keys: given }
      }),
    )
    const names = fc.uniqueArray(fc.constantFrom<string>('a', 'b', 'c_1', '0d', 'e-f'), {
      minLength: 1,
    })
    const isGood = (
      name: string,
      one: string | { keys: { is?: string; at?: string; to?: string } },
    ) => {
      if (typeof one === 'string' || !/^[a-z]\w*$/.test(name)) return false
      const { is = '', at: place = '', to } = one.keys
      const isText = /^[\w: /]+$/.test(is)
      return isText && /^(?:0x1000|uio:a\/map0)$/.test(place) && to === undefined
    }
    const counts = { good: 0, bad: 0 }
    fc.assert(
      fc.property(names, fc.array(entry, { minLength: 5, maxLength: 5 }), (some, entries) => {
        const given = some.map((name, index) => [name, entries[index] ?? 'x'] as const)
        const lines = given.map(
          ([name, one]) => `  ${name}: ${typeof one === 'string' ? one : one.text}`,
        )
        const { blocks, unusable } = parseBoardFile(`blocks:\n${lines.join('\n')}`, 'b.yaml')
        const good = given.filter(([name, one]) => isGood(name, one)).map(([name]) => name)
        expect(blocks.map(({ name }) => name)).toEqual(good)
        expect(unusable.map(({ name }) => name)).toEqual(some.filter((one) => !good.includes(one)))
        counts.good += blocks.length
        counts.bad += unusable.length
        for (const { name, why } of unusable) {
          expect(why.message).toMatch(new RegExp(`^b\\.yaml:${some.indexOf(name) + 2}:\\d+: `))
        }
      }),
      { numRuns: 300 },
    )
    expect(Math.min(counts.good, counts.bad)).toBeGreaterThan(20)
  })
})

describe('the board file of a folder', () => {
  it('is found upward, where nobody else could have written it', () => {
    const folder = new TestFolder()
    const path = folder.file('physmem.yaml', '')
    const below = `${folder.path}/a/b`
    mkdirSync(below, { recursive: true })
    expect(findBoardFile(below, [uid])).toBe(path)
    chmodSync(path, 0o666)
    expect(said(() => findBoardFile(below, [uid]))).toBe(
      `EPERMISSION ${path} is not used: it is writable by everybody`,
    )
    chmodSync(path, 0o644)
    chmodSync(folder.path, 0o777)
    expect(said(() => findBoardFile(below, [uid]))).toBe(
      `EPERMISSION ${path} is not used: the folder ${folder.path} is writable by everybody`,
    )
    chmodSync(folder.path, 0o755)
    // One on the way up to it.
    chmodSync(`${folder.path}/a`, 0o777)
    expect(said(() => findBoardFile(below, [uid]))).toBe(
      `EPERMISSION ${path} is not used: the folder ${folder.path}/a is writable by everybody`,
    )
    // Nobody renames what is another's there.
    chmodSync(`${folder.path}/a`, 0o1777)
    expect(findBoardFile(below, [uid])).toBe(path)
    // Who is neither its owner nor root.
    if (uid !== 0) expect(said(() => findBoardFile(below, [uid + 1]))).toMatch(/belongs to user/)
  })

  it.skipIf(uid !== 0)('may be that of the user who became root by sudo, and of no third', () => {
    const folder = new TestFolder()
    const path = folder.file('physmem.yaml', '')
    chownSync(path, 1000, 1000)
    chownSync(folder.path, 1000, 1000)
    const find = (SUDO_UID?: string) => () => findBoardFile(folder.path, trustedUsers({ SUDO_UID }))
    expect(find('1000')()).toBe(path)
    const others = [undefined, '', '0', '01000', '+1000', '1000 ', '1e3', '0x3e8', '-1', '1001']
    for (const other of others) {
      const who = other === '1001' ? '0 for user 1001' : '0'
      expect(said(find(other)), other).toBe(
        `EPERMISSION ${path} is not used: it belongs to user 1000, but this is user ${who}`,
      )
    }
    chmodSync(path, 0o666)
    expect(said(find('1000'))).toMatch(/it is writable by everybody$/)
  })

  it('is no link', () => {
    const folder = new TestFolder()
    symlinkSync('/nowhere', `${folder.path}/physmem.yaml`)
    expect(said(() => findBoardFile(folder.path, [uid]))).toBe(
      `EPERMISSION ${folder.path}/physmem.yaml is not used: it is a link`,
    )
  })
})
