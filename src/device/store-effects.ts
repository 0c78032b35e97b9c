import type { WriteEffect } from '../describe/model.ts'

/** What a store does that does not keep what is written, as a clause. */
export const STORE_EFFECTS: Readonly<Record<WriteEffect, string>> = {
  'one-to-clear': 'writing a 1 clears it',
  'one-to-set': 'writing a 1 sets it',
  'one-to-toggle': 'writing a 1 inverts it',
  'zero-to-clear': 'writing a 0 clears it',
  'zero-to-set': 'writing a 0 sets it',
  'zero-to-toggle': 'writing a 0 inverts it',
  clear: 'any write clears it',
  set: 'any write sets it',
  modify: 'it does not keep what is written',
}
