/** The first room for what comes, in bytes; it doubles where that is too little. */
const FIRST_ROOM = 4096

/** Bytes that come in pieces, however small, in one buffer. */
export class GatheredBytes {
  #room: Uint8Array = new Uint8Array(0)
  #length = 0

  get length(): number {
    return this.#length
  }

  /** Not a copy: it holds until more is added, or any of it dropped. */
  get bytes(): Uint8Array {
    return this.#room.subarray(0, this.#length)
  }

  add(bytes: Uint8Array): void {
    const length = this.#length + bytes.length
    if (length > this.#room.length) {
      const room = new Uint8Array(Math.max(FIRST_ROOM, length, 2 * this.#room.length))
      room.set(this.bytes)
      this.#room = room
    }
    this.#room.set(bytes, this.#length)
    this.#length = length
  }

  /** A copy of all, of which none is left here. */
  takeAll(): Uint8Array {
    const all = this.bytes.slice()
    this.drop(this.#length)
    return all
  }

  /** The first of them are needed no more. */
  drop(count: number): void {
    this.#room.copyWithin(0, count, this.#length)
    this.#length -= count
  }
}
