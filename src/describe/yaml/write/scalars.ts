/** Texts and numbers as a person would write them in YAML. */

/** A text: plain where nothing in it means something to YAML, otherwise in double quotes. */
export function text(value: string): string {
  const isPlain = /^[A-Za-z_](?:[\w./()+-]|[ ,](?=[\w(]))*$/.test(value) && value.length < 500
  // JSON's escapes are YAML's, too (YAML 1.2.2, 5.7); what may not stand in a text is escaped as well.
  return isPlain
    ? value
    : JSON.stringify(value).replace(/[\x7f-\x9f\ufeff\ufffd-\uffff]/g, (one) => escaped(one))
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** A key, which has no blanks. */
export function key(value: string): string {
  return /^\w[\w-]*(?:\[%s\])?[\w-]*$/.test(value) ? value : JSON.stringify(value)
}

export function hex(value: number | bigint): string {
  return `0x${value.toString(16)}`
}

/** Small numbers are decimal. */
export function number(value: number | bigint): string {
  return value < 10 ? `${value}` : hex(value)
}

/** A mapping under construction: its lines, each level two blanks deeper. */
export class Lines {
  readonly #lines: string[] = []
  readonly #indent: string

  constructor(depth: number) {
    this.#indent = '  '.repeat(depth)
  }

  /** `name: value`; nothing where there is none. */
  put(name: string, value: string | undefined): void {
    if (value !== undefined) this.#lines.push(`${this.#indent}${name}: ${value}`)
  }

  /** `name:`, and a mapping below it; nothing where that is empty. */
  nest(name: string, below: string): void {
    if (below !== '') this.#lines.push(`${this.#indent}${name}:\n${below}`)
  }

  get isEmpty(): boolean {
    return this.#lines.length === 0
  }

  toString(): string {
    return this.#lines.join('\n')
  }
}

export function list(items: readonly string[]): string {
  return `[${items.join(', ')}]`
}
