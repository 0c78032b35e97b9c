import type { Issue, Repeat } from '../../model.ts'

/** Names as YAML takes them, each once in its mapping; what is changed for that is noted. */
export class Names {
  readonly #changes: Issue[]
  readonly #file: string
  readonly #used = new Set<string>()

  constructor(changes: Issue[], file: string) {
    this.#changes = changes
    this.#file = file
  }

  /** The same for another mapping. */
  fresh(): Names {
    return new Names(this.#changes, this.#file)
  }

  /** The name of what may repeat: of what does not, it has no place for an index. */
  takeOf(
    { name, repeat }: { name: string; repeat?: Repeat },
    path: string,
    allowed: RegExp,
    other: RegExp,
  ): string {
    const single = repeat === undefined ? name.replace(/\[%s\]|%s/g, '_') : name
    return this.take(name, path, allowed, other, single)
  }

  /** `wanted`, or `name`, where it is a name, and is still free; otherwise the nearest that is. */
  take(name: string, path: string, allowed: RegExp, other: RegExp, wanted = name): string {
    const clean = allowed.test(wanted) && wanted !== '' ? wanted : cleaned(wanted, other)
    let free = clean
    // `X` and `X[%s]` are one key.
    const short = () => free.replace(/\[%s\]$/, '')
    for (let number = 2; this.#used.has(short()); number++) free = numbered(clean, number)
    this.#used.add(short())
    if (free !== name) this.note('renamed', path, `it is called ${free}`)
    return free
  }

  note(code: string, path: string, message: string): void {
    const at = { line: 1, column: 1 }
    this.#changes.push({ code, severity: 'warning', message, path, file: this.#file, ...at })
  }
}

/** The place of an index stays. */
function cleaned(name: string, other: RegExp): string {
  const parts = name.split(/(\[%s\]|%s)/, 3)
  const [before = '', index = '', after = ''] = parts.map((part, at) =>
    at === 1 ? part : part.replace(other, '_'),
  )
  return `${before}${index}${after}` || '_'
}

/** `CR_2`; before the index of what repeats, so that each element still has one. */
function numbered(name: string, number: number): string {
  const at = name.search(/\[?%s/)
  return at < 0 ? `${name}_${number}` : `${name.slice(0, at)}_${number}_${name.slice(at)}`
}
