import { packed, textOf } from '../bytes.ts'
import type { Channel } from '../channel.ts'
import { firstFrame } from '../frames.ts'
import { ASK, type Ask, FRAME_MOST, MARK, VERSION } from '../protocol.ts'

/** A channel at whose other end is a test. */
export class MadeChannel implements Channel {
  readonly name = 'board'
  /** All that was sent. */
  sent: Uint8Array = new Uint8Array(0)
  /** How often it was closed. */
  closed = 0
  readonly ended: Promise<string>
  #end: (why: string) => void = () => {}
  #take: ((bytes: Uint8Array) => void) | undefined
  #early: Uint8Array[] = []
  readonly #onRequest: (request: Request, channel: MadeChannel) => void

  /** `onRequest` is called with each frame that is sent. */
  constructor(onRequest: (request: Request, channel: MadeChannel) => void = () => {}) {
    this.#onRequest = onRequest
    this.ended = new Promise((resolve) => {
      this.#end = resolve
    })
  }

  write(bytes: Uint8Array): void {
    this.sent = packed(this.sent, bytes)
    const found = firstFrame(bytes)
    if (found) this.#onRequest(found.frame, this)
  }

  take(bytes: (bytes: Uint8Array) => void): void {
    this.#take = bytes
    for (const some of this.#early.splice(0)) bytes(some)
  }

  async close(): Promise<void> {
    this.closed += 1
    this.end('it was ended')
  }

  /** These come. */
  say(...chunks: readonly Uint8Array[]): void {
    for (const chunk of chunks) {
      if (this.#take) this.#take(chunk)
      else this.#early.push(chunk)
    }
  }

  end(why: string): void {
    this.#end(why)
  }
}

export interface Request {
  kind: number
  id: number
  payload: Uint8Array
}

/** What a hello says; other numbers where they are given. */
export function hello({
  version = VERSION,
  pageSize = 4096,
  frameMost = FRAME_MOST,
  lineBytes = 64,
  cpu = 'x64',
  clean = 'clwb',
  flush = 'clflushopt',
} = {}): Uint8Array {
  const numbers = [version, pageSize, 3, 0, frameMost, lineBytes].map((u32) => ({ u32 }))
  const names = [cpu, clean, flush].map((text) => {
    const name = new Uint8Array(16)
    name.set(textOf(text))
    return name
  })
  return packed(...numbers, ...names)
}

/** What an agent says first. */
export const greeting = packed(MARK, hello())

/** A frame with such contents; `length` where the head says something else. */
export function frame(
  kind: Ask | number,
  id: number,
  payload: Uint8Array = packed({ u32: 0 }),
  { length = payload.length, zero = 0 } = {},
): Uint8Array {
  const number = typeof kind === 'number' ? kind : ASK[kind]
  return packed({ u32: length }, { u32: number }, { u32: id }, { u32: zero }, payload)
}

/** Bytes in pieces that end at these places. */
export function split(bytes: Uint8Array, ...ends: readonly number[]): Uint8Array[] {
  const all = [0, ...ends, bytes.length].sort((one, other) => one - other)
  return all.slice(1).map((end, at) => bytes.subarray(all[at], end))
}
