import { existsSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { describe, expect, it, vi } from 'vitest'
import { FakeRoot } from '../linux/testing/fake-root.ts'
import { CgroupPaths } from './cgroups.ts'

const inodeOf = (root: FakeRoot, path: string) =>
  statSync(root.at(`sys/fs/cgroup/${path}`), { bigint: true }).ino

/** What a test does when a folder was listed, before what is in it is looked at. */
let listed: (folder: string) => void = () => {}
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>()
  const readdirSync = (folder: string, options: { withFileTypes: true }) => {
    const entries = fs.readdirSync(folder, options)
    listed(folder)
    return entries
  }
  return { ...fs, readdirSync }
})

describe('the path of a cgroup', () => {
  it('is below the one tree of version 2, also where a cgroup is named memory', () => {
    using root = new FakeRoot()
      .put('sys/fs/cgroup/cgroup.controllers', 'memory\n')
      .folder('sys/fs/cgroup/memory/a')
      .folder('sys/fs/cgroup/system.slice')
    const paths = new CgroupPaths(root.files)
    expect(paths.path(inodeOf(root, 'memory/a'))).toBe('/memory/a')
    expect(paths.path(inodeOf(root, 'system.slice'))).toBe('/system.slice')
    expect(paths.path(inodeOf(root, ''))).toBe('/')
  })

  it('is below the tree of the memory controller in version 1', () => {
    using root = new FakeRoot().folder('sys/fs/cgroup/memory/a').folder('sys/fs/cgroup/cpu/a')
    const paths = new CgroupPaths(root.files)
    expect(paths.path(inodeOf(root, 'memory/a'))).toBe('/a')
    expect(paths.path(inodeOf(root, 'cpu/a'))).toBeUndefined()
  })

  it('is found though another cgroup ends meanwhile', () => {
    using root = new FakeRoot()
    for (const name of ['a', 'b', 'c']) root.folder(`sys/fs/cgroup/${name}/in`)
    const inodes = ['a/in', 'c/in'].map((path) => inodeOf(root, path))
    listed = (folder) => {
      if (folder === root.at('sys/fs/cgroup/'))
        rmSync(root.at('sys/fs/cgroup/b'), { recursive: true })
    }
    try {
      const paths = new CgroupPaths(root.files)
      expect(inodes.map((inode) => paths.path(inode))).toEqual(['/a/in', '/c/in'])
      expect(existsSync(root.at('sys/fs/cgroup/b'))).toBe(false)
    } finally {
      listed = () => {}
    }
  })

  it('is unknown where the tree cannot be looked at', () => {
    using root = new FakeRoot().folder('sys/fs')
    symlinkSync('cgroup', root.at('sys/fs/cgroup')) // ELOOP
    expect(new CgroupPaths(root.files).path(1n)).toBeUndefined()
  })
})
