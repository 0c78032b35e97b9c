import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { FolderFiles } from './folder-files.ts'
import { FakeRoot } from './testing/fake-root.ts'

describe('FolderFiles', () => {
  it('reads at most what is asked for, of files of any length', () => {
    using root = new FakeRoot().put(
      'long',
      Uint8Array.from({ length: 200_000 }, (_, at) => at),
    )
    const files = new FolderFiles(root.path)
    expect(files.bytes('/long', 3)).toEqual(Uint8Array.of(0, 1, 2))
    for (const most of [8192, 65_536, 65_537, 199_999, 200_000, 1 << 24]) {
      expect(files.bytes('/long', most)).toEqual(
        new Uint8Array(files.bytes('/long') ?? []).subarray(0, most),
      )
    }
  })

  it('waits for nothing', () => {
    using root = new FakeRoot()
    execFileSync('mkfifo', [root.at('pipe')])
    expect(new FolderFiles(root.path).bytes('/pipe', 100)).toEqual(new Uint8Array())
  })

  it('says what stands there, and why it cannot be read', () => {
    using root = new FakeRoot().put('a/file', '').folder('a/folder').link('a/link', 'folder')
    const files = new FolderFiles(root.path)
    expect([...files.entries('/a')].sort((one, other) => (one.name < other.name ? -1 : 1))).toEqual(
      [
        { name: 'file', kind: 'file' },
        { name: 'folder', kind: 'folder' },
        { name: 'link', kind: 'link' },
      ],
    )
    expect([files.status('/a/link')?.kind, files.linkStatus('/a/link')?.kind]).toEqual([
      'folder',
      'link',
    ])
    expect([files.real('/a/link'), files.link('/a/link')]).toEqual(['/a/folder', 'folder'])
    expect([files.text('/a'), files.errno('/a'), files.errno('/a/file')]).toEqual([
      undefined,
      'EISDIR',
      undefined,
    ])
    expect([files.bytes('/none', 8), files.errno('/none')]).toEqual([undefined, 'ENOENT'])
    expect([files.bytes('/a', 8), files.errno('/a')]).toEqual([undefined, 'EISDIR'])
  })

  it('tells the number of a device', () => {
    const status = new FolderFiles().status('/dev/null')
    expect([status?.kind, status?.rdev]).toEqual(['character device', '1:3'])
  })
})
