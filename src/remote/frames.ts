import { counted } from '../text/count.ts'
import { Malformed, Reader } from './bytes.ts'
import { GatheredBytes } from './gathered-bytes.ts'
import { FRAME_BYTES, FRAME_MOST } from './protocol.ts'

export interface Frame {
  kind: number
  id: number
  /** Not a copy: good until more is taken. */
  payload: Uint8Array
}

/** The first frame of what came, and the rest; `undefined` where it is not all there. Throws Malformed. */
export function firstFrame(bytes: Uint8Array): { frame: Frame; rest: Uint8Array } | undefined {
  const length = lengthOfFirst(bytes)
  if (length === undefined || bytes.length < length) return undefined
  const reader = new Reader(bytes)
  const [, kind, id] = [reader.u32(), reader.u32(), reader.u32()]
  const payload = bytes.subarray(FRAME_BYTES, length)
  return { frame: { kind, id, payload }, rest: bytes.subarray(length) }
}

/** With its head; `undefined` where that is not all there. Throws Malformed. */
function lengthOfFirst(bytes: Uint8Array): number | undefined {
  if (bytes.length < FRAME_BYTES) return undefined
  const reader = new Reader(bytes)
  const [length, , , zero] = [reader.u32(), reader.u32(), reader.u32(), reader.u32()]
  if (length > FRAME_MOST) throw new Malformed(`a frame of ${counted(length, 'byte')}`)
  if (zero !== 0) throw new Malformed('this begins no frame')
  return FRAME_BYTES + length
}

/** Finds frames in what comes, of which it copies only those that come in several pieces. */
export class FrameReader {
  /** Of a frame that is not whole yet. */
  readonly #came = new GatheredBytes()

  /** Throws Malformed, and what `use` throws. */
  take(bytes: Uint8Array, use: (frame: Frame) => void): void {
    // A Buffer of Node has a slice() that copies nothing.
    let left = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
    while (left.length > 0) {
      left = this.#came.length > 0 ? this.#complete(left, use) : this.#whole(left, use)
    }
  }

  /** What is not whole yet will not be. */
  clear(): void {
    this.#came.drop(this.#came.length)
  }

  #whole(bytes: Uint8Array, use: (frame: Frame) => void): Uint8Array {
    const found = firstFrame(bytes)
    if (found) use(found.frame)
    else this.#came.add(bytes)
    return found?.rest ?? NOTHING
  }

  #complete(bytes: Uint8Array, use: (frame: Frame) => void): Uint8Array {
    const length = lengthOfFirst(this.#came.bytes) ?? FRAME_BYTES
    const missing = Math.max(0, length - this.#came.length)
    this.#came.add(bytes.subarray(0, missing))
    const found = firstFrame(this.#came.bytes)
    if (found) {
      use(found.frame)
      this.#came.drop(this.#came.length - found.rest.length)
    }
    return bytes.subarray(missing)
  }
}

const NOTHING = new Uint8Array(0)
