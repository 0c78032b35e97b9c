import type { Outcome } from '../engine/outcome.ts'
import type { Program } from '../memory/program.ts'
import { Results } from '../memory/results.ts'
import { roomFor } from '../memory/room.ts'
import type { RunOptions } from '../memory/run-options.ts'
import { bitsOffset, isSkipped, markSkipped } from '../memory/skipped.ts'
import type { ReadBlockStep } from '../memory/step.ts'
import { believedEnd } from './believed.ts'
import { Malformed, packed, type Reader } from './bytes.ts'
import { timeOf } from './pieces.ts'
import { BLOCK, STREAM_BEHIND } from './protocol.ts'
import { type Answer, MORE, type Session } from './session.ts'
import { takeOutcome } from './told.ts'

/** How a stream ended, and what it gave. */
export interface Streamed {
  readonly outcome: Outcome
  readonly results: Results
}

export interface StreamOptions extends Pick<RunOptions, 'signal' | 'buffer'> {
  /** Whether it is read only if the stream before it was read to its end. */
  isBehind?: boolean
}

/**
 * Runs a program of one read block, whose data come in several answers; the agent stops at the first
 * element that fails. `undefined` where it is behind a stream that failed: nothing of it was read.
 */
export async function runStream(
  session: Session,
  memory: number,
  program: Program,
  { signal, buffer, isBehind = false }: StreamOptions,
): Promise<Streamed | undefined> {
  const block = program.steps[0] as ReadBlockStep
  const data = roomFor(program, buffer)
  if (block.onFault === 'skip') data.fill(0, bitsOffset(block))
  const collected = new Collected(block, data)
  const take = (answer: Answer) => {
    const isRefused = isBehind && answer.errno === 'EINTR' && collected.isEmpty
    return isRefused ? false : collected.take(answer)
  }
  const moreMs = timeOf([block])
  const asked = request(memory, block, isBehind)
  if (!(await session.ask('stream', asked, take, { signal, moreMs }))) return undefined
  const { outcome } = collected
  const cells = new BigUint64Array(2)
  return { outcome, results: new Results(program, { done: outcome.done, cells, data }) }
}

function request(
  memory: number,
  { width, stepping, onFault, address, count }: ReadBlockStep,
  isBehind: boolean,
) {
  const block = (stepping === 'fixed' ? BLOCK.fixed : 0) | (onFault === 'skip' ? BLOCK.skip : 0)
  const flags = block | (isBehind ? STREAM_BEHIND : 0)
  return packed(
    ...[{ u32: memory }, { u32: width / 8 }, { u32: flags }, { u32: 0 }],
    ...[{ u64: address }, { u64: count }],
  )
}

/** The elements of a block, as the answers bring them. */
class Collected {
  readonly #block: ReadBlockStep
  readonly #data: Uint8Array
  #done = 0
  #outcome: Outcome | undefined

  constructor(block: ReadBlockStep, data: Uint8Array) {
    this.#block = block
    this.#data = data
  }

  get outcome(): Outcome {
    if (this.#outcome === undefined) throw new Malformed('a stream without an end')
    return this.#outcome
  }

  get isEmpty(): boolean {
    return this.#outcome === undefined
  }

  /** MORE, or whether it has ended, which it has. */
  take({ errno, rest }: Answer): typeof MORE | true {
    if (errno !== undefined) throw new Malformed(`it cannot be read (${errno})`)
    const follows = rest.u32() === 1
    const told = takeOutcome(rest)
    const count = rest.u32()
    rest.u32()
    if (count === 0 || this.#done + count > this.#block.count) {
      throw new Malformed('elements that nobody asked for')
    }
    const outcome = believedEnd(told, [this.#piece(count)])
    const failed = outcome.status !== 0
    const elements = failed ? outcome.elements : count
    this.#put(rest, count, elements)
    this.#done += elements
    const whole = this.#done === this.#block.count
    if (!failed && follows === whole) throw new Malformed('a stream of another length')
    this.#outcome = { ...outcome, done: whole && !failed ? 1 : 0, step: 0, elements: this.#done }
    return follows && !failed ? MORE : true
  }

  /** The next elements. */
  #piece(count: number): ReadBlockStep {
    const { address, width, stepping } = this.#block
    const before = stepping === 'fixed' ? 0 : (this.#done * width) / 8
    return { ...this.#block, address: address + before, count }
  }

  #put(rest: Reader, count: number, elements: number): void {
    const bytes = this.#block.width / 8
    const skips = this.#block.onFault === 'skip'
    this.#data.set(rest.bytes(elements * bytes), this.#done * bytes)
    if (skips) {
      const piece = { ...this.#block, count }
      rest.bytes(bitsOffset(piece) - elements * bytes)
      const bits = rest.bytes(Math.ceil(count / 8))
      const own = this.#data.subarray(bitsOffset(this.#block))
      for (let at = 0; at < elements; at++) {
        if (isSkipped(bits, at)) markSkipped(own, this.#done + at)
      }
    }
  }
}
