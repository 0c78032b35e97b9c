/** What a machine tells of itself in /proc, /sys and /dev: facts, which are synchronous data. */

/** What stands at a path, without following a link at its end. */
export type FileKind = 'file' | 'folder' | 'link' | 'character device' | 'block device' | 'other'

export interface FolderEntry {
  name: string
  kind: FileKind
}

/** A file's status as far as facts need it. */
export interface FileStatus {
  kind: FileKind
  /** Numbers of its file system and of its node, which tell one file from another. */
  dev: number
  ino: number
  /** Of a device node: `MAJOR:MINOR`. */
  rdev: string
  mode: number
  uid: number
  gid: number
  size: number
}

/**
 * The files of one machine, by absolute paths. Nothing throws: what is not there, or closed to this
 * user, is `undefined` or empty.
 */
export interface Files {
  /** The text of a file. */
  text(path: string): string | undefined
  /**
   * Its bytes, at most `most` from the start; without it, all. Of what would wait for more, such as
   * /dev/kmsg, what is there.
   */
  bytes(path: string, most?: number): Uint8Array | undefined
  /**
   * The 4 bytes at an offset, a multiple of 4, by one read, and nothing else: of configuration space,
   * where a read may act on the device. Far away only: files of this machine are opened for it.
   */
  word?(path: string, offset: number): Uint8Array | undefined
  /** The names in a folder, sorted. */
  list(path: string): readonly string[]
  /** The same with what stands there, in the order of the bytes of the names. */
  entries(path: string): readonly FolderEntry[]
  /** What a symbolic link says. */
  link(path: string): string | undefined
  /** What stands there, links followed; `undefined` for nothing, or what cannot be looked at. */
  status(path: string): FileStatus | undefined
  /** The same of a link itself. */
  linkStatus(path: string): FileStatus | undefined
  /** The path without links. */
  real(path: string): string | undefined
  /** Why the attempt failed that was just made at this path: `ENOENT`, `EACCES`. */
  errno(path: string): string | undefined
}
