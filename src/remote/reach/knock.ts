/**
 * A port of a virtual machine tells the agent behind it that somebody has gone, but not when somebody else
 * comes before it has looked: then the agent of the one before still serves, and says no hello.
 */
import { packed } from '../bytes.ts'
import type { Channel } from '../channel.ts'
import { ASK, MARK } from '../protocol.ts'

/** Of no request of a session: those begin with 1. */
const ID = 0

const EBADF = 9

const head = (bytes: number) => packed({ u32: bytes }, { u32: ASK.close }, { u32: ID }, { u32: 0 })

/** Asks for the end of a node that there cannot be. */
export const KNOCK: Uint8Array = packed(head(4), { u32: 0xffff_ffff })
const ANSWER = packed(head(4), { u32: EBADF })

/** Longer than any frame: it ends the agent. */
const END = head(0xffff_ffff)

/**
 * The channel, with an agent that has just begun at its other end: one that answers without a hello is
 * ended, and the next one, if there is one, says it.
 */
export function knock(channel: Channel): Channel {
  channel.write(KNOCK)
  const answers = new Answers()
  return {
    name: channel.name,
    ended: channel.ended,
    write: (bytes) => channel.write(bytes),
    close: () => channel.close(),
    take: (take) =>
      channel.take((bytes) => {
        const { passed, isOld } = answers.take(bytes)
        if (isOld) channel.write(END)
        if (passed.length > 0) take(passed)
      }),
  }
}

/** Takes the answer out of what comes. */
class Answers {
  #isDone = false
  #isMarked = false
  /** The last bytes that were passed on, which may be the beginning of a mark. */
  #recent: Uint8Array = new Uint8Array(0)
  /** Bytes that may be the beginning of the answer. */
  #held: Uint8Array = new Uint8Array(0)

  take(bytes: Uint8Array): { passed: Uint8Array; isOld: boolean } {
    if (this.#isDone) return { passed: bytes, isOld: false }
    const all = packed(this.#held, bytes)
    const at = indexOf(all, ANSWER)
    const end = at < 0 ? all.length - beginning(all) : at
    const passed = all.subarray(0, end)
    this.#held = all.subarray(end)
    const recent = packed(this.#recent, passed)
    this.#isMarked ||= indexOf(recent, MARK) >= 0
    this.#recent = recent.slice(-MARK.length)
    if (at < 0) return { passed, isOld: false }
    this.#isDone = true
    const behind = all.subarray(at + ANSWER.length)
    return this.#isMarked
      ? { passed: packed(passed, behind), isOld: false }
      : { passed: behind, isOld: true }
  }
}

export function indexOf(all: Uint8Array, part: Uint8Array): number {
  return Buffer.from(all.buffer, all.byteOffset, all.length).indexOf(part)
}

/** How many bytes at the end may be the beginning of the answer. */
function beginning(all: Uint8Array): number {
  for (let count = Math.min(all.length, ANSWER.length - 1); count > 0; count--) {
    const end = all.subarray(all.length - count)
    if (end.every((byte, at) => byte === ANSWER[at])) return count
  }
  return 0
}
