/** The words of IEEE 1685 for rights and effects, which Vivado's files have, too. */
import type { Access, ReadEffect, WriteEffect } from '../model.ts'

export const ACCESS: Readonly<Record<string, Access>> = {
  'read-only': 'read-only',
  'read-write': 'read-write',
  'write-only': 'write-only',
  'read-writeOnce': 'read-write-once',
  writeOnce: 'write-once',
}

export const READ_ACTIONS: Readonly<Record<string, ReadEffect>> = {
  clear: 'clear',
  set: 'set',
  modify: 'modify',
}

export const WRITE_VALUES: Readonly<Record<string, WriteEffect>> = {
  oneToClear: 'one-to-clear',
  oneToSet: 'one-to-set',
  oneToToggle: 'one-to-toggle',
  zeroToClear: 'zero-to-clear',
  zeroToSet: 'zero-to-set',
  zeroToToggle: 'zero-to-toggle',
  clear: 'clear',
  set: 'set',
  modify: 'modify',
}

/** What a table says of a word, whose letters may be large or small. */
export function lookUp<T>(table: Readonly<Record<string, T>>, word: string): T | undefined {
  const found = Object.keys(table).find((one) => one.toLowerCase() === word.trim().toLowerCase())
  return found === undefined ? undefined : table[found]
}
