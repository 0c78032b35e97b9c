import type { Access, ReadEffect, WriteEffect } from '../model.ts'
import type { Part } from './reading.ts'

/** What a kind of simulated register (docs/simulated-board.md) says of accesses to it. */
export interface KindSays {
  access: Access
  readEffect?: ReadEffect
  writeEffect?: WriteEffect
}

const KINDS: Readonly<Record<string, KindSays>> = {
  constant: { access: 'read-only', readEffect: 'none' },
  'read-write': { access: 'read-write', readEffect: 'none' },
  'read-only': { access: 'read-only', readEffect: 'none' },
  'write-only': { access: 'write-only' },
  'read-to-clear': { access: 'read-only', readEffect: 'clear' },
  'write-1-to-clear': { access: 'read-write', readEffect: 'none', writeEffect: 'one-to-clear' },
  'write-1-to-set': { access: 'read-write', readEffect: 'none', writeEffect: 'one-to-set' },
  fifo: { access: 'read-write', readEffect: 'modify', writeEffect: 'modify' },
  'self-clearing': { access: 'read-write', readEffect: 'none' },
  counter: { access: 'read-only', readEffect: 'none' },
  console: { access: 'read-write', readEffect: 'modify', writeEffect: 'modify' },
  fault: { access: 'read-write', readEffect: 'fault', writeEffect: 'modify' },
}

/** Who may access a register of this kind; `undefined` where there is none. */
export function accessOfKind(kind: string): Access | undefined {
  return KINDS[kind]?.access
}

export const KIND_NAMES = Object.keys(KINDS)

/** Keys by which a board says how its registers behave; for a description they are of no account. */
export const BEHAVIOUR_KEYS = [
  ...['kind', 'value', 'widths', 'writable', 'live', 'reads', 'clears', 'of', 'depth', 'empty'],
  ...['contents', 'start', 'busy', 'raises', 'rate', 'per-read', 'on'],
]

/** What the kind of a register says; nothing without one. */
export function kindOf(part: Part): KindSays | undefined {
  const kind = part.choice('kind', KIND_NAMES)
  const says = kind === undefined ? undefined : KINDS[kind]
  if (kind === 'counter' && part.has('per-read'))
    return { access: 'read-only', readEffect: 'modify' }
  if (kind !== 'fault') return says
  const on = part.has('on') ? part.text('on') : 'both'
  if (on === 'read') return { access: 'write-only' }
  return on === 'write' ? { access: 'read-only', readEffect: 'none' } : says
}
