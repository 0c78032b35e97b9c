import type { RegisterDescription } from './schema.ts'

const SIGNALS: { readonly [K in RegisterDescription['kind']]?: readonly string[] } = {
  'self-clearing': ['busy', 'done'],
  fifo: ['empty', 'full', 'level'],
  console: ['empty', 'level'],
}

/** What a kind of register knows of itself, for `live` bits of others. */
export function signalsOf(kind: RegisterDescription['kind']): readonly string[] {
  return SIGNALS[kind] ?? []
}
