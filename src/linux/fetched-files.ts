import type { FileStatus, Files, FolderEntry } from './files.ts'

export type Verb = 'text' | 'bytes' | 'list' | 'entries' | 'link' | 'status' | 'linkStatus' | 'real'

/** One thing that a question wants to know. */
export interface Wanted {
  verb: Verb
  path: string
  /** Of `bytes`. */
  most?: number | undefined
  /** Of `bytes`: the offset of a word, of which no more is read than that. */
  wordAt?: number | undefined
}

/** What a machine said of it. */
export interface Told {
  value: unknown
  errno: string | undefined
}

/** No chain of folders, links and capabilities is as long. */
const MOST_TRIPS = 200

/**
 * The files of a machine far away, as far as they were fetched. What was not is absent, and noted: the
 * same question is asked again when it has been fetched, until nothing is missing. So a question must
 * be a pure function.
 */
export class FetchedFiles implements Files {
  #told = new Map<string, Told>()
  #failed: { path: string; errno: string } | undefined
  #missing = new Map<string, Wanted>()

  /** What was wanted and is not there, and begins anew. */
  takeMissing(): Wanted[] {
    const missing = [...this.#missing.values()]
    this.#missing = new Map()
    return missing
  }

  /** All of it is read anew from now on. */
  forget(): void {
    this.#told = new Map()
    this.#failed = undefined
  }

  put(wanted: Wanted, told: Told): void {
    this.#told.set(keyOf(wanted), told)
  }

  text(path: string): string | undefined {
    return this.#answer({ verb: 'text', path }, undefined)
  }

  bytes(path: string, most?: number): Uint8Array | undefined {
    return this.#answer({ verb: 'bytes', path, most }, undefined)
  }

  word(path: string, offset: number): Uint8Array | undefined {
    return this.#answer({ verb: 'bytes', path, wordAt: offset }, undefined)
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

  errno(path: string): string | undefined {
    return this.#failed?.path === path ? this.#failed.errno : undefined
  }

  #answer<T>(wanted: Wanted, absent: T): T {
    const key = keyOf(wanted)
    const told = this.#told.get(key)
    if (told === undefined) {
      this.#missing.set(key, wanted)
      return absent
    }
    const { path } = wanted
    if (told.errno !== undefined) this.#failed = { path, errno: told.errno }
    return told.value as T
  }
}

function keyOf({ verb, path, most, wordAt }: Wanted): string {
  return `${verb} ${path} ${most ?? ''} ${wordAt ?? ''}`
}

/** One trip: what was wanted, in the same order. */
export type Fetch = (wanted: readonly Wanted[]) => Promise<readonly Told[]>

/** What else a question may find missing. */
export interface Gaps {
  /** Fetches what was missing since the last call; `undefined` where nothing was. */
  fill(): Promise<void> | undefined
}

/**
 * Asks a question, which may load what it needs, until nothing is missing. Rejects as the question does
 * then.
 */
export async function askFetching<T>(
  files: FetchedFiles,
  question: () => Promise<T>,
  fetch: Fetch,
  gaps?: Gaps,
): Promise<T> {
  for (let trip = 0; ; trip++) {
    const [outcome] = await Promise.allSettled([question()])
    const missing = files.takeMissing()
    const filling = trip === MOST_TRIPS ? undefined : gaps?.fill()
    if (missing.length === 0 && filling === undefined) {
      if (outcome.status === 'rejected') throw outcome.reason
      return outcome.value
    }
    if (trip === MOST_TRIPS) throw new Error(`not pure: ${missing.map(({ path }) => path)}`)
    const [told] = await Promise.all([missing.length === 0 ? [] : fetch(missing), filling])
    for (const [at, wanted] of missing.entries()) files.put(wanted, told[at] as Told)
  }
}
