import { execFileSync } from 'node:child_process'
import { chmodSync, truncateSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { FakeRoot } from '../testing/fake-root.ts'
import { readDeviceTree } from './read-file.ts'
import { blobOf } from './testing/builder.ts'
import { refused } from './testing/refused.ts'

describe('readDeviceTree', () => {
  it('reads a file', () => {
    using root = new FakeRoot().put('board.dtb', blobOf({ soc: {} }))
    expect(readDeviceTree(root.at('board.dtb')).root.children.map(({ name }) => name)).toEqual([
      'soc',
    ])
  })

  it('refuses what is not a file', () => {
    using root = new FakeRoot().folder('folder')
    const name = (file: string) => refused(() => readDeviceTree(root.at(file)))
    expect(name('absent')).toBe(
      `ENOPLACE ${root.at('absent')} cannot be read: there is no such file`,
    )
    expect(name('folder')).toBe(
      `ENOPLACE ${root.at('folder')} is not a file: expected a device tree`,
    )
    execFileSync('mkfifo', [root.at('pipe')])
    expect(name('pipe')).toBe(`ENOPLACE ${root.at('pipe')} is not a file: expected a device tree`)
  })

  it('refuses what is not a tree by its beginning, however long it is', () => {
    using root = new FakeRoot().put('image', 'MZ'.repeat(32))
    truncateSync(root.at('image'), 2 ** 40)
    expect(refused(() => readDeviceTree(root.at('image')))).toBe(
      `EDEVICETREE ${root.at('image')} is not a flattened device tree: it begins with 0x4d5a4d5a, not with 0xd00dfeed`,
    )
  })

  it('refuses a tree that is too large', () => {
    const blob = blobOf({}, { header: { totalSize: (4 << 20) + 1 } })
    using root = new FakeRoot().put('huge.dtb', blob)
    expect(refused(() => readDeviceTree(root.at('huge.dtb')))).toBe(
      `EDEVICETREE ${root.at('huge.dtb')} is too large for a device tree: 4194305 bytes, expected at most 4 MiB`,
    )
  })

  it('says when this user may not read it', () => {
    using root = new FakeRoot().put('secret.dtb', blobOf({}))
    chmodSync(root.at('secret.dtb'), 0)
    const isRoot = process.geteuid?.() === 0
    if (isRoot) process.seteuid?.(65534) // nobody: root may read everything
    try {
      expect(refused(() => readDeviceTree(root.at('secret.dtb')))).toBe(
        `EPERMISSION ${root.at('secret.dtb')} cannot be read: its permissions do not allow it (EACCES)`,
      )
    } finally {
      if (isRoot) process.seteuid?.(0)
    }
  })
})
