import type { Value, Width } from '../base/width.ts'
import type { Remark } from '../refusal/silent.ts'
import type { Read } from './silence.ts'

/** One element that was read. */
export interface ReadValue extends Read {
  width: Width
  value: Value
}

interface FollowedStretch {
  read: Read
  /** Whether all bytes that came were ones; not known before any did. */
  onlyOnes: boolean | undefined
}

/**
 * What a command read as all ones, which is what a load gives when nobody answers. Why is asked for
 * when the command has ended, or before that where it asks for it.
 */
export class Ones {
  #asked: Read[] = []
  #stretches: FollowedStretch[] = []
  #lastLook: readonly boolean[] = []
  /** What was said. */
  readonly #told = new Set<string>()

  saw(...elements: readonly ReadValue[]): void {
    this.#asked.push(...elements.filter(isAllOnes))
  }

  /** Takes what a dry run would access: that of it which could not answer is told. */
  foresee(...accesses: readonly Read[]): void {
    this.#asked.push(...accesses)
  }

  /** The same elements look after look: what was all ones in the last one, too, tells nothing new. */
  look(elements: readonly ReadValue[]): void {
    const ones = elements.map(isAllOnes)
    this.#asked.push(...elements.filter((_, index) => ones[index] && !this.#lastLook[index]))
    this.#lastLook = ones
  }

  /** Takes the bytes of a stretch as they come: of many it tells only when there is nothing else. */
  follow(read: Read): (bytes: Uint8Array) => void {
    const stretch: FollowedStretch = { read, onlyOnes: undefined }
    this.#stretches.push(stretch)
    return (bytes) => {
      stretch.onlyOnes = stretch.onlyOnes !== false && bytes.every((byte) => byte === 0xff)
    }
  }

  /**
   * Why what was read since the last time may be no data, once for each PCI function of the machine
   * with this root, if it may have any. What looks for it is loaded only where all ones were read,
   * which is seldom.
   */
  async remarks({ root, hasPci }: { root: string; hasPci: () => boolean }): Promise<Remark[]> {
    const stretches = this.#stretches.filter(({ onlyOnes }) => onlyOnes)
    const ones = [...this.#asked, ...stretches.map(({ read }) => read)]
    this.#asked = []
    this.#stretches = []
    if (ones.length === 0 || !hasPci()) return []
    return (await import('./silence.ts')).remarksOn(ones, root, this.#told)
  }
}

function isAllOnes({ value, width }: ReadValue): boolean {
  return BigInt(value) === (1n << BigInt(width)) - 1n
}
