import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { posix } from 'node:path'

/** One member of an archive. `path` is absolute, as the guest sees it. */
export type ArchiveEntry =
  | { path: string; mode?: number; content: string | Uint8Array }
  | { path: string; mode?: number; source: string }
  | { path: string; link: string }
  | { path: string; folder: true }

const fileTypes = { folder: 0o040000, file: 0o100000, link: 0o120000 }
const hex = (value: number): string => value.toString(16).padStart(8, '0')
const padding = (length: number): Buffer => Buffer.alloc(-length & 3)

/** Documentation/driver-api/early-userspace/buffer-format.rst */
function header(path: string, mode: number, size: number, inode: number): Buffer {
  const name = Buffer.from(`${path.replace(/^\/+/, '')}\0`)
  const fields = [inode, mode, 0, 0, 1, 0, size, 0, 0, 0, 0, name.length, 0]
  const start = Buffer.from(`070701${fields.map(hex).join('')}`)
  return Buffer.concat([start, name, padding(start.length + name.length)])
}

/** Every folder above the entries, outermost first: the kernel's unpacker makes none by itself. */
function foldersAbove(entries: readonly ArchiveEntry[]): ArchiveEntry[] {
  const folders = new Set<string>()
  const add = (path: string): void => {
    const parent = posix.dirname(path)
    if (parent === '/' || parent === '.' || folders.has(parent)) return
    add(parent)
    folders.add(parent)
  }
  for (const entry of entries) add(entry.path)
  return [...folders].map((path) => ({ path, folder: true }))
}

async function* member(entry: ArchiveEntry, inode: number): AsyncGenerator<Buffer> {
  if ('folder' in entry) {
    yield header(entry.path, fileTypes.folder | 0o755, 0, inode)
    return
  }
  if ('source' in entry) {
    const { size, mode } = await stat(entry.source)
    yield header(entry.path, fileTypes.file | (entry.mode ?? mode & 0o777), size, inode)
    yield* createReadStream(entry.source, { highWaterMark: 1 << 20 })
    yield padding(size)
    return
  }
  const isLink = 'link' in entry
  const content = Buffer.from(isLink ? entry.link : entry.content)
  const mode = isLink ? fileTypes.link | 0o777 : fileTypes.file | (entry.mode ?? 0o644)
  yield header(entry.path, mode, content.length, inode)
  yield Buffer.concat([content, padding(content.length)])
}

/**
 * Appends an archive to a file (newc, the one format the kernel unpacks). The kernel unpacks
 * several archives in a row; what comes later replaces what came before.
 */
export async function appendArchive(file: string, entries: readonly ArchiveEntry[]): Promise<void> {
  const out = await open(file, 'a')
  try {
    let inode = 1
    for (const entry of [...foldersAbove(entries), ...entries]) {
      for await (const chunk of member(entry, inode)) await out.writeFile(chunk)
      inode += 1
    }
    await out.writeFile(header('TRAILER!!!', 0, 0, 0))
  } finally {
    await out.close()
  }
}
