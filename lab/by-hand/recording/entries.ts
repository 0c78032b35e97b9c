/** A file, a symbolic link or an empty folder of a recorded machine; `path` is absolute there. */
export type RecordedEntry =
  | { path: string; content: string /* base64 */ }
  | { path: string; link: string }
  | { path: string; folder: true }

/** What another reader sees otherwise than root, and which of root's files it does not see. */
interface Difference {
  changed: RecordedEntry[]
  closed: string[]
}

/** What changes by itself all the time. */
const restless = /^\/proc\/(\d+\/|meminfo$|cpuinfo$)|^\/sys\/.*\/meminfo$/

export function differenceOf(root: RecordedEntry[], other: RecordedEntry[]): Difference {
  const known = new Map(root.map((entry) => [entry.path, JSON.stringify(entry)]))
  const seen = new Set(other.map(({ path }) => path))
  return {
    changed: other
      .filter(({ path }) => !restless.test(path))
      .filter((entry) => known.get(entry.path) !== JSON.stringify(entry)),
    closed: root.map(({ path }) => path).filter((path) => !seen.has(path)),
  }
}
