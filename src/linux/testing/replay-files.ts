import { askFetching, FetchedFiles, type Told, type Wanted } from '../fetched-files.ts'
import type { Files } from '../files.ts'

/** No chain of folders and links is as long. */
const MOST_TRIPS = 20

/** A machine far away, in a test: what is missing is fetched from other files in one trip. `trips` counts. */
export class ReplayFiles extends FetchedFiles {
  readonly #source: Files
  trips = 0

  constructor(source: Files) {
    super()
    this.#source = source
  }

  /** Throws what the question throws when nothing is missing any more. */
  ask<T>(question: (files: Files) => T): T {
    for (;;) {
      const outcome = attempt(() => question(this))
      const missing = this.takeMissing()
      if (missing.length === 0) return outcome()
      const told = this.#fetch(missing)
      for (const [at, wanted] of missing.entries()) this.put(wanted, told[at] as Told)
    }
  }

  /** The same of a question that loads what it needs. */
  askLoading<T>(question: (files: Files) => Promise<T>): Promise<T> {
    return askFetching(
      this,
      () => question(this),
      async (wanted) => this.#fetch(wanted),
    )
  }

  #fetch(wanted: readonly Wanted[]): Told[] {
    this.trips += 1
    if (this.trips > MOST_TRIPS) throw new Error(`not pure: ${wanted.map(({ path }) => path)}`)
    return wanted.map(({ verb, path, most, wordAt }) => {
      const bytes = () =>
        wordAt === undefined
          ? this.#source.bytes(path, most)
          : this.#source.bytes(path)?.slice(wordAt, wordAt + 4)
      const value = verb === 'bytes' ? bytes() : this.#source[verb](path)
      return { value, errno: this.#source.errno(path) }
    })
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
