import type { FileStatus, Files, FolderEntry } from '../files.ts'

type Verb = 'text' | 'bytes' | 'list' | 'entries' | 'link' | 'status' | 'linkStatus' | 'real'

/** One thing that a question wanted to know and that had not been fetched. */
interface Missing {
  verb: Verb
  path: string
  most?: number | undefined
}

/** No chain of folders and links is as long. */
const MOST_TRIPS = 20

/**
 * A machine far away, in a test: answers from what was fetched, answers absent for what was not, and
 * notes it. `ask` fetches all that was missed in one trip and asks again until nothing is missing: so
 * a question must be pure. `trips` counts.
 */
export class ReplayFiles implements Files {
  readonly #source: Files
  readonly #fetched = new Map<string, unknown>()
  readonly #errnos = new Map<string, string | undefined>()
  #missing = new Map<string, Missing>()
  trips = 0

  constructor(source: Files) {
    this.#source = source
  }

  /** Throws what the question throws when nothing is missing any more. */
  ask<T>(question: (files: Files) => T): T {
    for (;;) {
      const outcome = attempt(() => question(this))
      if (!this.#fetchMissing()) return outcome()
    }
  }

  /** The same of a question that loads what it needs. */
  async askLoading<T>(question: (files: Files) => Promise<T>): Promise<T> {
    for (;;) {
      const [outcome] = await Promise.allSettled([question(this)])
      if (this.#fetchMissing()) continue
      if (outcome.status === 'rejected') throw outcome.reason
      return outcome.value
    }
  }

  /** One trip, where anything is missing. */
  #fetchMissing(): boolean {
    if (this.#missing.size === 0) return false
    this.trips += 1
    if (this.trips > MOST_TRIPS) throw new Error(`not pure: ${[...this.#missing.keys()]}`)
    for (const [key, missing] of this.#missing) this.#fetched.set(key, this.#fetch(missing))
    this.#missing = new Map()
    return true
  }

  text(path: string): string | undefined {
    return this.#answer({ verb: 'text', path }, undefined)
  }

  bytes(path: string, most?: number): Uint8Array | undefined {
    return this.#answer({ verb: 'bytes', path, most }, undefined)
  }

  list(path: string): readonly string[] {
    return this.#answer({ verb: 'list', path }, [])
  }

  entries(path: string): readonly FolderEntry[] {
    return this.#answer({ verb: 'entries', path }, [])
  }

  link(path: string): string | undefined {
    return this.#answer({ verb: 'link', path }, undefined)
  }

  status(path: string): FileStatus | undefined {
    return this.#answer({ verb: 'status', path }, undefined)
  }

  linkStatus(path: string): FileStatus | undefined {
    return this.#answer({ verb: 'linkStatus', path }, undefined)
  }

  real(path: string): string | undefined {
    return this.#answer({ verb: 'real', path }, undefined)
  }

  /** Comes with whatever was fetched of the path. */
  errno(path: string): string | undefined {
    return this.#errnos.get(path)
  }

  #answer<T>(wanted: Missing, absent: T): T {
    const key = `${wanted.verb} ${wanted.path} ${wanted.most ?? ''}`
    if (this.#fetched.has(key)) return this.#fetched.get(key) as T
    this.#missing.set(key, wanted)
    return absent
  }

  #fetch({ verb, path, most }: Missing): unknown {
    const answer = verb === 'bytes' ? this.#source.bytes(path, most) : this.#source[verb](path)
    this.#errnos.set(path, this.#source.errno(path))
    return answer
  }
}

/** What came of it: of absent facts it may be anything, and counts only once nothing is missing. */
function attempt<T>(act: () => T): () => T {
  try {
    const value = act()
    return () => value
  } catch (error) {
    return () => {
      throw error
    }
  }
}
