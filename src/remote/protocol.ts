/** The numbers of native/agent_protocol.h, and the sizes of its structs; a test compares them with it. */

/** Before the first frame; what comes before it is no word of the agent. */
export const MARK: Uint8Array = Uint8Array.of(0x00, 0xff, 0x50, 0x4d, 0x41, 0x47, 0xff, 0x01)

export const VERSION = 3

/** Bytes of a frame's payload, at most. */
export const FRAME_MOST = 128 * 1024

export const HELLO_BYTES = 72
export const FRAME_BYTES = 16
export const TOLD_BYTES = 32
export const STATUS_BYTES = 48

export const ASK = {
  look: 1,
  open: 2,
  close: 3,
  memory: 4,
  forget: 5,
  run: 6,
  prepare: 7,
  cancel: 8,
  read: 9,
  write: 10,
  stream: 11,
  words: 12,
  scan: 13,
  port: 14,
  lock: 15,
  unlock: 16,
  i2c: 17,
  freshNode: 18,
} as const

export type Ask = keyof typeof ASK

export const LOOK = {
  bytes: 1,
  entries: 2,
  link: 3,
  status: 4,
  linkStatus: 5,
  real: 6,
  word: 7,
} as const

/** By number. */
export const KINDS = [
  undefined,
  'file',
  'folder',
  'link',
  'character device',
  'block device',
  'other',
] as const

export const OPEN = { write: 1, cached: 2, writeOnly: 4 } as const

export const MEMORY = { writable: 1, regular: 2, whole: 4 } as const

export const I2C = { functions: 1, select: 2, transfer: 3, smbus: 4 } as const

/** Locks of one request, and how long each is waited for, at most. */
export const LOCKS_MOST = 256
export const LOCK_WAIT_MOST = 60_000

/** By number. */
export const LOCK_ENDS = [
  undefined,
  'taken',
  'held',
  'foreign',
  'no file',
  'link',
  'no folder',
  'unsteady',
  'unopened',
  'refused',
] as const

export const PORT = { allow: 1, in: 2, out: 3 } as const

/** Flags of a read block in its binary form (native/engine.h). */
export const BLOCK = { fixed: 1, skip: 4 } as const

/** Flags of a run, of which a program that is prepared has the first alone. */
export const RUN = { packed: 1, words: 2, locked: 4 } as const

/** Of a stream: see PM_STREAM_BEHIND. */
export const STREAM_BEHIND = 0x100
