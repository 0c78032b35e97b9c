import {
  closeSync,
  constants,
  type Dirent,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  realpathSync,
  type Stats,
  statSync,
} from 'node:fs'
import { join } from 'node:path'
import { deviceName } from './device-name.ts'
import type { FileKind, FileStatus, Files, FolderEntry } from './files.ts'

/** The files below a folder that stands for `/`: by default those of this machine. */
export class FolderFiles implements Files {
  readonly #root: string
  #failed: { path: string; errno: string } | undefined

  constructor(root = '/') {
    this.#root = root
  }

  text(path: string): string | undefined {
    return this.#try(path, (file) => readFileSync(file, 'utf8'))
  }

  bytes(path: string, most?: number): Uint8Array | undefined {
    return this.#try(path, (file) =>
      most === undefined ? readFileSync(file) : readStart(file, most),
    )
  }

  list(path: string): readonly string[] {
    return this.#try(path, (file) => readdirSync(file).sort()) ?? []
  }

  entries(path: string): readonly FolderEntry[] {
    const all = this.#try(path, (file) => readdirSync(file, { withFileTypes: true })) ?? []
    return all.map((entry) => ({ name: entry.name, kind: kindOf(entry) }))
  }

  link(path: string): string | undefined {
    return this.#try(path, (file) => readlinkSync(file))
  }

  status(path: string): FileStatus | undefined {
    return this.#try(path, (file) => toStatus(statSync(file)))
  }

  linkStatus(path: string): FileStatus | undefined {
    return this.#try(path, (file) => toStatus(lstatSync(file)))
  }

  real(path: string): string | undefined {
    const real = this.#try(path, (file) => realpathSync(file))
    const root = this.#root === '/' ? '' : realpathSync(this.#root)
    return real?.startsWith(`${root}/`) ? real.slice(root.length) : undefined
  }

  errno(path: string): string | undefined {
    return this.#failed?.path === path ? this.#failed.errno : undefined
  }

  #try<T>(path: string, act: (file: string) => T): T | undefined {
    try {
      return act(this.#root === '/' ? path : join(this.#root, path))
    } catch (error) {
      this.#failed = { path, errno: (error as NodeJS.ErrnoException).code ?? 'EIO' }
      return undefined
    }
  }
}

/** The longest record of /dev/kmsg, which is read whole or not at all (kernel/printk/internal.h). */
const RECORD_BYTES = 8192

/** What came before a failure counts: /proc/kcore and sysfs end early for some. */
function readStart(file: string, most: number): Uint8Array {
  const fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    let bytes = new Uint8Array(Math.min(most, 8 * RECORD_BYTES))
    let done = 0
    for (let count = -1; count !== 0 && done < most; done += count) {
      if (bytes.length - done < Math.min(most - done, RECORD_BYTES)) {
        const longer = new Uint8Array(Math.min(most, 2 * bytes.length))
        longer.set(bytes)
        bytes = longer
      }
      count = readSome(fd, bytes, done)
    }
    return bytes.subarray(0, done)
  } finally {
    closeSync(fd)
  }
}

/** How many bytes came: 0 at the end, and where nothing more comes. Throws when nothing came at all. */
function readSome(fd: number, bytes: Uint8Array, done: number): number {
  for (;;) {
    try {
      return readSync(fd, bytes, done, bytes.length - done, null)
    } catch (error) {
      // Records of /dev/kmsg were overwritten before they were read: the next is there.
      if ((error as NodeJS.ErrnoException).code === 'EPIPE') continue
      if (done === 0) throw error
      return 0
    }
  }
}

/** What `stat` gave, as facts have it. */
export function toStatus(status: Stats): FileStatus {
  const { dev, ino, mode, uid, gid, size, rdev } = status
  return { kind: kindOf(status), dev, ino, rdev: deviceName(rdev), mode, uid, gid, size }
}

function kindOf(status: Stats | Dirent): FileKind {
  if (status.isFile()) return 'file'
  if (status.isDirectory()) return 'folder'
  if (status.isSymbolicLink()) return 'link'
  if (status.isCharacterDevice()) return 'character device'
  return status.isBlockDevice() ? 'block device' : 'other'
}
