/** Names of a description as identifiers of TypeScript: safe, and each once. */

/** What no class may be called, or the file itself uses. */
const TAKEN = new Set(
  (
    'break case catch class const continue debugger default delete do else enum export extends false ' +
    'finally for function if import in instanceof new null return super switch this throw true try ' +
    'typeof var void while with implements interface let package private protected public static ' +
    'yield await async of type namespace module declare abstract as any unknown never object string ' +
    'number boolean bigint symbol undefined arguments eval globalThis NaN Infinity ' +
    'Number BigInt Promise Partial Window Memory Accessors Reading Readable Writable Modifiable ' +
    'Registers Layout RegisterArray OnWindow elements flag integer longInteger swapped inMemory overlap startOf Changing Below unknownField'
  ).split(' '),
)

/** Members that a class has anyway, or that `await` would call. */
const TAKEN_MEMBERS = new Set([
  ...['constructor', '__proto__', 'prototype', 'then'],
  // Private ones of the classes of blocks.
  ...['memory_', 'base_'],
])

/** The name with all that an identifier cannot hold replaced, and never empty. */
export function identifier(name: string): string {
  const safe = name.replaceAll('%s', '').replace(/[^A-Za-z0-9_$]+/g, '_')
  const trimmed =
    safe.length > 1 && safe.endsWith('_') && !name.endsWith('_') ? safe.slice(0, -1) : safe
  return /^[A-Za-z_$]/.test(trimmed) ? trimmed : `_${trimmed}`
}

/** Gives each name once: a second `CR` is `CR_2`. */
export class Names {
  readonly #reserved: ReadonlySet<string>
  readonly #used = new Set<string>()

  private constructor(reserved: ReadonlySet<string>) {
    this.#reserved = reserved
  }

  /** Of the file: classes, types, functions. */
  static ofFile(): Names {
    return new Names(TAKEN)
  }

  /** Of a class or an interface. */
  static ofMembers(): Names {
    return new Names(TAKEN_MEMBERS)
  }

  /** With `endings`, all that the name becomes with one of them is taken together. */
  take(name: string, endings: readonly string[] = ['']): string {
    const safe = identifier(name)
    const base = this.#reserved.has(safe) ? `${safe}_` : safe
    for (let number = 1; ; number++) {
      const tried = number === 1 ? base : `${base}_${number}`
      const all = endings.map((ending) => tried + ending)
      if (all.some((one) => this.#used.has(one) || this.#reserved.has(one))) continue
      for (const one of all) this.#used.add(one)
      return tried
    }
  }
}

/** A text of any letters in single quotes. */
export function quoted(text: string): string {
  const inner = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")
  return `'${inner.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}'`
}
