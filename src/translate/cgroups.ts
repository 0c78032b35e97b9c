import { join } from 'node:path'
import type { Files } from '../linux/files.ts'

/** More are not looked at: a machine may have made a tree without end. */
const MOST_FOLDERS = 100_000

/** The paths of cgroups by the inode of their folder, as /proc/kpagecgroup tells it. */
export class CgroupPaths {
  readonly #files: Files
  #paths: Map<bigint, string> | undefined

  constructor(files: Files) {
    this.#files = files
  }

  /** The path below the tree, `/system.slice/ssh.service`; `/` is the root. */
  path(inode: bigint): string | undefined {
    this.#paths ??= this.#walk()
    return this.#paths.get(inode)
  }

  #walk(): Map<bigint, string> {
    const paths = new Map<bigint, string>()
    const folder = memoryTree(this.#files)
    const waiting = ['/']
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      const inode = this.#files.status(join(folder, path))?.ino
      // It has ended meanwhile, or is closed to this user.
      if (inode === undefined) continue
      if (paths.size >= MOST_FOLDERS) break
      paths.set(BigInt(inode), path)
      for (const { name, kind } of this.#files.entries(join(folder, path))) {
        if (kind === 'folder') waiting.push(join(path, name))
      }
    }
    return paths
  }
}

/**
 * Where the memory controller has its tree: the one of version 2, which alone has cgroup.controllers
 * (Documentation/admin-guide/cgroup-v2.rst), or a folder of its own beside those of the others. In
 * version 2, `memory` is a cgroup that somebody has named so.
 */
function memoryTree(files: Files): string {
  const all = '/sys/fs/cgroup'
  const ofMemory = `${all}/memory`
  const is = (path: string) => files.status(path) !== undefined
  return is(`${all}/cgroup.controllers`) || !is(ofMemory) ? all : ofMemory
}
