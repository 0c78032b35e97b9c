/** The words of IEEE 1685 for rights, which Vivado's files have, too. */
import type { Access } from '../model.ts'

export const ACCESS: Readonly<Record<string, Access>> = {
  'read-only': 'read-only',
  'read-write': 'read-write',
  'write-only': 'write-only',
  'read-writeOnce': 'read-write-once',
  writeOnce: 'write-once',
}

/** What a table says of a word, whose letters may be large or small. */
export function lookUp<T>(table: Readonly<Record<string, T>>, word: string): T | undefined {
  const found = Object.keys(table).find((one) => one.toLowerCase() === word.trim().toLowerCase())
  return found === undefined ? undefined : table[found]
}
