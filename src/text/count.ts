/** `1 byte`, `0 bytes`, `12 bytes`: of nouns that take an s. */
export function counted(count: number | bigint, noun: string): string {
  return `${count} ${noun}${Number(count) === 1 ? '' : 's'}`
}

/** The verb after so many. */
export function are(count: number): 'is' | 'are' {
  return count === 1 ? 'is' : 'are'
}

/** The same of what has been. Of `1 of 2 commands`, the 1 counts. */
export function were(count: number): 'was' | 'were' {
  return count === 1 ? 'was' : 'were'
}
