import type { FileStatus, Files, FolderEntry } from './files.ts'

/** Reads each fact at most once: made for one question, and thrown away with it. */
export class OnceFiles implements Files {
  readonly #source: Files
  readonly #known = new Map<string, unknown>()
  readonly #errnos = new Map<string, string | undefined>()

  constructor(source: Files) {
    this.#source = source
  }

  text(path: string): string | undefined {
    return this.#once('text', path, () => this.#source.text(path))
  }

  bytes(path: string, most?: number): Uint8Array | undefined {
    return this.#once(`bytes ${most}`, path, () => this.#source.bytes(path, most))
  }

  list(path: string): readonly string[] {
    return this.#once('list', path, () => this.#source.list(path))
  }

  entries(path: string): readonly FolderEntry[] {
    return this.#once('entries', path, () => this.#source.entries(path))
  }

  link(path: string): string | undefined {
    return this.#once('link', path, () => this.#source.link(path))
  }

  status(path: string): FileStatus | undefined {
    return this.#once('status', path, () => this.#source.status(path))
  }

  linkStatus(path: string): FileStatus | undefined {
    return this.#once('linkStatus', path, () => this.#source.linkStatus(path))
  }

  real(path: string): string | undefined {
    return this.#once('real', path, () => this.#source.real(path))
  }

  errno(path: string): string | undefined {
    return this.#errnos.get(path)
  }

  #once<T>(verb: string, path: string, read: () => T): T {
    const key = `${verb} ${path}`
    if (!this.#known.has(key)) {
      this.#known.set(key, read())
      this.#errnos.set(path, this.#source.errno(path))
    }
    return this.#known.get(key) as T
  }
}
