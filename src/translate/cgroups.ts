import { type Dirent, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Where the memory controller has its tree: the folder of its own in version 1. */
const trees = ['sys/fs/cgroup/memory', 'sys/fs/cgroup']

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
    for (const tree of trees) {
      const folder = join(this.#root, tree)
      const waiting = ['/']
      for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
        const inode = inodeOf(join(folder, path))
        if (inode === undefined || paths.size > MOST_FOLDERS) break
        paths.set(inode, path)
        for (const entry of entriesOf(join(folder, path))) {
          if (entry.isDirectory()) waiting.push(join(path, entry.name))
        }
      }
      if (paths.size > 0) return paths
    }
    return paths
  }
}

function inodeOf(folder: string): bigint | undefined {
  return statSync(folder, { bigint: true, throwIfNoEntry: false })?.ino
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}
