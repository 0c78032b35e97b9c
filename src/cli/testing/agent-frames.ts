/** Frames of the agent (native/agent_protocol.h), as a client writes and reads them. */

import { Program } from '../../memory/program.ts'
import type { Step } from '../../memory/step.ts'
import { ASK, FRAME_BYTES, HELLO_BYTES, MARK, MEMORY, OPEN } from '../../remote/protocol.ts'

export { ASK, LOOK } from '../../remote/protocol.ts'

/** 32-bit numbers, as they lie in a frame. */
export function u32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length)
  for (const [index, value] of values.entries()) bytes.writeUInt32LE(value, 4 * index)
  return bytes
}

export function u64(...values: readonly (number | bigint)[]): Buffer {
  const bytes = Buffer.alloc(8 * values.length)
  for (const [index, value] of values.entries()) bytes.writeBigUInt64LE(BigInt(value), 8 * index)
  return bytes
}

/** A path behind its length. */
export const path = (text: string): Buffer =>
  Buffer.concat([u32(Buffer.byteLength(text)), Buffer.from(text)])

export function frame(kind: number, id: number, ...parts: readonly Uint8Array[]): Buffer {
  const contents = Buffer.concat(parts)
  return Buffer.concat([u32(contents.length, kind, id, 0), contents])
}

export interface Answer {
  kind: number
  id: number
  error: number
  /** Behind the errno. */
  rest: Buffer
}

export interface Hello {
  version: number
  pageSize: number
  abilities: number
  frameMost: number
  cpu: string
}

const NO_HELLO: Hello = { version: 0, pageSize: 0, abilities: 0, frameMost: 0, cpu: '' }

/** What an agent wrote, taken apart, as far as it came. */
export function readAnswers(bytes: Buffer): { hello: Hello; answers: Answer[] } {
  if (bytes.length < MARK.length + HELLO_BYTES) return { hello: NO_HELLO, answers: [] }
  if (!bytes.subarray(0, MARK.length).equals(MARK)) throw new Error('no mark')
  const told = bytes.subarray(MARK.length, MARK.length + HELLO_BYTES)
  const hello = {
    version: told.readUInt32LE(0),
    pageSize: told.readUInt32LE(4),
    abilities: told.readUInt32LE(8),
    frameMost: told.readUInt32LE(16),
    cpu: told.subarray(24, 40).toString('latin1').replace(/\0+$/, ''),
  }
  const answers: Answer[] = []
  for (let at = MARK.length + HELLO_BYTES; at + FRAME_BYTES <= bytes.length; ) {
    const length = bytes.readUInt32LE(at)
    const contents = bytes.subarray(at + FRAME_BYTES, at + FRAME_BYTES + length)
    if (contents.length !== length) break
    const [kind, id] = [bytes.readUInt32LE(at + 4), bytes.readUInt32LE(at + 8)]
    answers.push({ kind, id, error: contents.readInt32LE(0), rest: contents.subarray(4) })
    at += FRAME_BYTES + length
  }
  return { hello, answers }
}

/** Opens a file as node 0, and a memory over it as memory 0. */
export function opened(file: string, write = true): Buffer {
  const flags = write ? OPEN.write : 0
  const memory = u32(0, MEMORY.regular | (write ? MEMORY.writable : 0))
  return Buffer.concat([
    frame(ASK.open, 100, u32(flags), path(file)),
    frame(ASK.memory, 101, memory, u64(0, 8192)),
  ])
}

/** The binary form of a program. */
export const encoded = (...steps: Step[]) => Buffer.from(new Program(steps).encoded)

/** Status, steps done and elements of a run, and what is behind. */
export function told({ rest }: Answer) {
  const at = rest.subarray(4)
  return {
    status: at.readUInt32LE(0),
    done: at.readUInt32LE(4),
    elements: at.readUInt32LE(12),
    results: at.subarray(32),
  }
}
