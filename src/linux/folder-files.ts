import {
  closeSync,
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
import type { FileKind, FileStatus, Files } from './files.ts'

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

/** What came before a failure counts: /proc/kcore and sysfs end early for some. */
function readStart(file: string, length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  let done = 0
  const fd = openSync(file, 'r')
  try {
    while (done < length) {
      const count = readSync(fd, bytes, done, length - done, done)
      if (count === 0) break
      done += count
    }
  } catch {
    // as far as it goes
  } finally {
    closeSync(fd)
  }
  return bytes.subarray(0, done)
}

function toStatus(status: Stats): FileStatus {
  const { dev, ino, mode, uid, gid, size, rdev } = status
  return { kind: kindOf(status), dev, ino, rdev: deviceName(rdev), mode, uid, gid, size }
}

function kindOf(status: Stats): FileKind {
  if (status.isFile()) return 'file'
  if (status.isDirectory()) return 'folder'
  if (status.isSymbolicLink()) return 'link'
  if (status.isCharacterDevice()) return 'character device'
  return status.isBlockDevice() ? 'block device' : 'other'
}
