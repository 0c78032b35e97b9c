import { type Dirent, existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** More are not looked at: a machine may have made a tree without end. */
const MOST_FOLDERS = 100_000

/** The paths of cgroups by the inode of their folder, as /proc/kpagecgroup tells it. */
export class CgroupPaths {
  readonly #root: string
  #paths: Map<bigint, string> | undefined

  constructor(root = '/') {
    this.#root = root
  }

  /** The path below the tree, `/system.slice/ssh.service`; `/` is the root. */
  path(inode: bigint): string | undefined {
    this.#paths ??= this.#walk()
    return this.#paths.get(inode)
  }

  #walk(): Map<bigint, string> {
    const paths = new Map<bigint, string>()
    const folder = memoryTree(this.#root)
    const waiting = ['/']
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      const inode = inodeOf(join(folder, path))
      // It has ended meanwhile, or is closed to this user.
      if (inode === undefined) continue
      if (paths.size >= MOST_FOLDERS) break
      paths.set(inode, path)
      for (const entry of entriesOf(join(folder, path))) {
        if (entry.isDirectory()) waiting.push(join(path, entry.name))
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
function memoryTree(root: string): string {
  const all = join(root, 'sys/fs/cgroup')
  const ofMemory = join(all, 'memory')
  return existsSync(join(all, 'cgroup.controllers')) || !existsSync(ofMemory) ? all : ofMemory
}

function inodeOf(folder: string): bigint | undefined {
  try {
    return statSync(folder, { bigint: true }).ino
  } catch {
    return undefined
  }
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}
