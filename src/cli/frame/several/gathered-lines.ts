const LINE_FEED = 0x0a

/** Makes whole lines of what comes in pieces, each with a label before it. */
export class GatheredLines {
  readonly #label: Uint8Array
  /** Of the line that has not ended. */
  #begun: Uint8Array[] = []

  constructor(label: Uint8Array) {
    this.#label = label
  }

  /** The lines that end in this piece. */
  add(piece: Uint8Array): Uint8Array {
    const whole: Uint8Array[] = []
    let rest = piece
    for (let end = rest.indexOf(LINE_FEED); end >= 0; end = rest.indexOf(LINE_FEED)) {
      whole.push(this.#label, ...this.#begun, rest.subarray(0, end + 1))
      this.#begun = []
      rest = rest.subarray(end + 1)
    }
    // A copy: whoever wrote it may use its bytes again.
    if (rest.length > 0) this.#begun.push(rest.slice())
    return Buffer.concat(whole)
  }

  /** The line that has begun, ended; nothing where none has. */
  end(): Uint8Array {
    const begun = this.#begun
    this.#begun = []
    if (begun.length === 0) return new Uint8Array()
    return Buffer.concat([this.#label, ...begun, Uint8Array.of(LINE_FEED)])
  }
}
