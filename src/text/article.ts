/** A noun with its indefinite article, by how it sounds: `an update`, `a Uint8Array`, `an 8-bit access`. */
export function withArticle(noun: string): string {
  return `${/^(?:[aeio]|u(?!int|io|ni|s)|8|11|18)/i.test(noun) ? 'an' : 'a'} ${noun}`
}
