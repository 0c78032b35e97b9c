import type { FileStatus, Files, FolderEntry } from './files.ts'

/** What a path answers; `undefined` within it: nothing is there, or it is closed. */
export interface Answers {
  text?: string | undefined
  bytes?: Uint8Array | undefined
  list?: readonly string[]
  entries?: readonly FolderEntry[]
  link?: string | undefined
  status?: FileStatus | undefined
  linkStatus?: FileStatus | undefined
  real?: string | undefined
  errno?: string | undefined
}

/** Files in memory: a table of answers; what is not in it is absent. */
export class MemoryFiles implements Files {
  readonly answers: Map<string, Answers>

  constructor(answers: Iterable<readonly [path: string, Answers]> = []) {
    this.answers = new Map(answers)
  }

  text(path: string): string | undefined {
    const { text, bytes } = this.of(path)
    return text ?? (bytes && Buffer.from(bytes).toString())
  }

  bytes(path: string, most?: number): Uint8Array | undefined {
    const { text, bytes } = this.of(path)
    const all = bytes ?? (text === undefined ? undefined : Buffer.from(text))
    return most === undefined ? all : all?.subarray(0, most)
  }

  list(path: string): readonly string[] {
    return this.of(path).list ?? []
  }

  entries(path: string): readonly FolderEntry[] {
    return this.of(path).entries ?? []
  }

  link(path: string): string | undefined {
    return this.of(path).link
  }

  status(path: string): FileStatus | undefined {
    return this.of(path).status
  }

  linkStatus(path: string): FileStatus | undefined {
    return this.of(path).linkStatus
  }

  real(path: string): string | undefined {
    return this.of(path).real
  }

  errno(path: string): string | undefined {
    return this.of(path).errno
  }

  protected of(path: string): Answers {
    return this.answers.get(path) ?? {}
  }
}
