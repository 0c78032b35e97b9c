import { Buffer } from 'node:buffer'
import { dirname, join } from 'node:path'
import type { FileStatus, Files, FolderEntry } from './files.ts'

interface Node {
  status: FileStatus
  /** Of a file. */
  bytes: Uint8Array | undefined
  /** Of a folder, in its order. */
  entries: readonly FolderEntry[]
  /** Of a link. */
  target: string | undefined
}

/** As the kernel: more links than these lead in a circle. */
const MOST_LINKS = 40

/** The files of a machine in memory, copied once: what a far machine would have sent. */
export class MemoryFiles implements Files {
  readonly #nodes = new Map<string, Node>()
  #failed: { path: string; errno: string } | undefined

  constructor(source: Files) {
    this.#copy(source, '/')
  }

  text(path: string): string | undefined {
    const bytes = this.bytes(path)
    return bytes && Buffer.from(bytes).toString()
  }

  bytes(path: string, most?: number): Uint8Array | undefined {
    const node = this.#find(path)
    if (node === undefined) return undefined
    if (node.status.kind === 'folder') return this.#fail(path, 'EISDIR')
    if (node.bytes === undefined) return this.#fail(path, 'EACCES')
    return node.bytes.subarray(0, most)
  }

  list(path: string): readonly string[] {
    return this.entries(path)
      .map(({ name }) => name)
      .sort()
  }

  entries(path: string): readonly FolderEntry[] {
    const node = this.#find(path)
    if (node !== undefined && node.status.kind !== 'folder') this.#fail(path, 'ENOTDIR')
    return node?.entries ?? []
  }

  link(path: string): string | undefined {
    const node = this.#find(path, false)
    return node === undefined ? undefined : (node.target ?? this.#fail(path, 'EINVAL'))
  }

  status(path: string): FileStatus | undefined {
    return this.#find(path)?.status
  }

  linkStatus(path: string): FileStatus | undefined {
    return this.#find(path, false)?.status
  }

  real(path: string): string | undefined {
    return this.#find(path) && this.#resolve(path, true)
  }

  errno(path: string): string | undefined {
    return this.#failed?.path === path ? this.#failed.errno : undefined
  }

  #copy(source: Files, path: string): void {
    const status = source.linkStatus(path)
    if (status === undefined) return
    const entries = status.kind === 'folder' ? source.entries(path) : []
    const target = status.kind === 'link' ? source.link(path) : undefined
    const bytes = status.kind === 'file' ? source.bytes(path) : undefined
    this.#nodes.set(path, { status, bytes, entries, target })
    for (const { name } of entries) this.#copy(source, join(path, name))
  }

  #find(path: string, follow = true): Node | undefined {
    const real = this.#resolve(path, follow)
    const node = real === undefined ? undefined : this.#nodes.get(real)
    return node ?? this.#fail(path, 'ENOENT')
  }

  #fail(path: string, errno: string): undefined {
    this.#failed = { path, errno }
  }

  /** The path without links; `follow`: nor one at its end. `undefined` for one in a circle. */
  #resolve(path: string, follow: boolean): string | undefined {
    let rest = path.split('/').filter((name) => name !== '')
    let at = '/'
    for (let links = 0; rest.length > 0; ) {
      const [name = '', ...more] = rest
      const next = join(at, name)
      const target = this.#nodes.get(next)?.target
      rest = more
      if (target === undefined || (rest.length === 0 && !follow)) {
        at = next
        continue
      }
      links += 1
      if (links > MOST_LINKS) return undefined
      const names = join(dirname(next), '/').split('/')
      const all = target.startsWith('/') ? target.split('/') : [...names, ...target.split('/')]
      rest = [...all.filter((one) => one !== ''), ...rest]
      at = '/'
    }
    return at
  }
}
