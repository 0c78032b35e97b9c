import { describe, expect, it } from 'vitest'
import { filesAt } from './files-at.ts'
import { linkName, listFolder, listNumbered, readLine, readStart, readText } from './read.ts'
import { FakeRoot } from './testing/fake-root.ts'

describe('what is there', () => {
  it('is read', () => {
    using root = new FakeRoot().put('a', ' one\n').link('b', '../x/driver').folder('c')
    expect(readText(filesAt(), root.at('a'))).toBe(' one\n')
    expect(readLine(filesAt(), root.at('a'))).toBe('one')
    expect(Buffer.from(readStart(filesAt(), root.at('a'), 3)).toString()).toBe(' on')
    expect(Buffer.from(readStart(filesAt(), root.at('a'), 30)).toString()).toBe(' one\n')
    expect(linkName(filesAt(), root.at('b'))).toBe('driver')
    expect(listFolder(filesAt(), root.path)).toEqual(['a', 'b', 'c'])
  })

  it('is listed by number', () => {
    using root = new FakeRoot()
    for (const name of ['uio10', 'uio2', 'uio', 'uiox', 'uio1234567890', 'io3']) root.put(name, '')
    expect(listNumbered(filesAt(), root.path, 'uio')).toEqual([2, 10])
  })
})

describe('what is not there, or is something else', () => {
  it.each(['missing', 'folder', 'loop', 'dangling'])('is nothing: %s', (name) => {
    using root = new FakeRoot().folder('folder').link('loop', 'loop').link('dangling', 'nowhere')
    const path = root.at(name)
    expect([readText(filesAt(), path), readLine(filesAt(), path)]).toEqual([undefined, ''])
    expect([listFolder(filesAt(), path), listNumbered(filesAt(), path, '')]).toEqual([[], []])
    expect(readStart(filesAt(), path, 8)).toHaveLength(0)
  })

  it('is no link', () => {
    using root = new FakeRoot().put('file', '')
    expect([linkName(filesAt(), root.at('file')), linkName(filesAt(), root.at('none'))]).toEqual([
      undefined,
      undefined,
    ])
  })
})
