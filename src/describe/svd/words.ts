/** The words of CMSIS-SVD, and what they are in the model. */
import type { Access, ReadEffect, WriteEffect } from '../model.ts'
import { READ_ACTIONS, WRITE_VALUES } from '../xml/effects.ts'

const ACCESS: Readonly<Record<string, Access>> = {
  'read-only': 'read-only',
  'read-write': 'read-write',
  'write-only': 'write-only',
  writeonce: 'write-once',
  'read-writeonce': 'read-write-once',
}

/** No words of the format, but of files that vendors ship (GD32VF103: `write`). */
const OTHER_ACCESS: Readonly<Record<string, Access>> = {
  read: 'read-only',
  write: 'write-only',
  readonly: 'read-only',
  writeonly: 'write-only',
  readwrite: 'read-write',
  'write-once': 'write-once',
  'read-write-once': 'read-write-once',
}

/** Whatever the case of its letters. `isOdd`: not a word of the format. */
export function accessOf(text: string): { access: Access; isOdd: boolean } | undefined {
  const word = text.toLowerCase()
  if (Object.hasOwn(ACCESS, word)) return { access: ACCESS[word] as Access, isOdd: false }
  if (!Object.hasOwn(OTHER_ACCESS, word)) return undefined
  return { access: OTHER_ACCESS[word] as Access, isOdd: true }
}

const READ_EFFECTS: Readonly<Record<string, ReadEffect>> = {
  ...READ_ACTIONS,
  modifyExternal: 'external',
}

/** What a reader does with a word: undefined where it is none. */
type Words<T> = (text: string) => T | undefined

const wordsOf =
  <T>(table: Readonly<Record<string, T>>): Words<T> =>
  (text) =>
    Object.hasOwn(table, text) ? table[text] : undefined

export const readEffectOf: Words<ReadEffect> = wordsOf(READ_EFFECTS)
export const writeEffectOf: Words<WriteEffect> = wordsOf(WRITE_VALUES)

/** Whether a text of xs:boolean is true. */
export function isTrue(text: string | undefined): boolean {
  return text === 'true' || text === '1'
}
