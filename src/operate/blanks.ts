import type { Value, Width } from '../base/width.ts'
import type { LocalSystem, System } from '../linux/system.ts'
import { hasNoAddress } from '../machine/local/no-address.ts'
import type { Silence } from '../refusal/silent.ts'
import type { Access } from './silence.ts'

/** One element that was read. */
export interface ReadValue extends Access {
  width: Width
  value: Value
}

interface FollowedStretch {
  read: Access
  /** Whether all bytes that came were ones, or all zeros; not known before any did. */
  blank: boolean | undefined
}

/**
 * What a command read as all ones or all zeros, which is what a load gives when nobody answers, and
 * what it stored, of which nothing comes back. Why is asked for when the command has ended, or before
 * that where it asks for it.
 */
export class Blanks {
  /** This machine, which has the files. */
  readonly #system: LocalSystem
  #asked: Access[] | undefined
  #stretches: FollowedStretch[] | undefined
  #lastLook: readonly Value[] | undefined
  /** What was said. */
  #told: Set<string> | undefined

  constructor(system: LocalSystem) {
    this.#system = system
  }

  saw(elements: readonly ReadValue[]): void {
    this.ask(elements.filter(isBlank))
  }

  /** Takes what was stored, or what a dry run would access: that of it which could not answer is told. */
  ask(accesses: readonly Access[]): void {
    for (const access of accesses) {
      if (this.#isOfFile(access)) continue
      this.#asked ??= []
      this.#asked.push(access)
    }
  }

  /** A file that has no address is no device's: there is nothing to look for. */
  #isOfFile({ place }: Access): boolean {
    return place.scheme === 'file' && hasNoAddress(place, this.#system)
  }

  /**
   * The same elements look after look: a blank that was the same in the last one gives nothing new.
   */
  look(elements: readonly ReadValue[]): void {
    this.saw(elements.filter(({ value }, index) => value !== this.#lastLook?.[index]))
    this.#lastLook = elements.map(({ value }) => value)
  }

  /** Takes the bytes of a stretch as they come: of many it tells only when there is nothing else. */
  follow(read: Access): (bytes: Uint8Array) => void {
    const stretch: FollowedStretch = { read, blank: undefined }
    this.#stretches ??= []
    this.#stretches.push(stretch)
    let first: number | undefined
    return (bytes) => {
      first ??= bytes[0]
      if (stretch.blank !== false) stretch.blank = isAll(bytes, first)
    }
  }

  /** Whether there is nothing to look for: `remarks` would have none. */
  get areNone(): boolean {
    return this.#asked === undefined && !this.#stretches?.some(({ blank }) => blank)
  }

  /**
   * Why what was read since the last time may be no data, or what was stored be lost, once for each
   * PCI function of the machine, if it may have any. What looks for it is loaded only
   * where it is needed.
   */
  async remarks({
    look,
    hasPci,
  }: {
    /** Answers a question about the machine that was accessed. */
    look: <T>(question: (system: System) => Promise<T>) => Promise<T>
    hasPci: () => boolean
  }): Promise<Silence[]> {
    const stretches = (this.#stretches ?? []).filter(({ blank }) => blank)
    const all = [...(this.#asked ?? []), ...stretches.map(({ read }) => read)]
    this.#asked = undefined
    this.#stretches = undefined
    if (all.length === 0 || !hasPci()) return []
    const accesses = await this.#ofDevices(all)
    if (accesses.length === 0) return []
    this.#told ??= new Set()
    const told = this.#told
    return (await import('./silence.ts')).remarksOn(accesses, { here: this.#system, look, told })
  }

  /** Those that are in no file without an address. */
  async #ofDevices(accesses: readonly Access[]): Promise<readonly Access[]> {
    if (accesses.every(({ place }) => place.scheme !== 'file')) return accesses
    const { addressOfFile } = await import('../machine/local/file-address.ts')
    return accesses.filter(
      ({ place }) => place.scheme !== 'file' || addressOfFile(place, this.#system) !== undefined,
    )
  }
}

function isBlank({ value, width }: ReadValue): boolean {
  return typeof value === 'number'
    ? value === 0 || value === 2 ** width - 1
    : value === 0n || value === (1n << BigInt(width)) - 1n
}

/** Whether all of the bytes are this one, and it is 0 or 0xff. */
function isAll(bytes: Uint8Array, byte: number | undefined): boolean {
  if (bytes[0] !== byte || (byte !== 0 && byte !== 0xff)) return false
  // Each byte is the one before it.
  const { buffer, byteOffset, length } = bytes
  const all = Buffer.from(buffer, byteOffset, length)
  return all.subarray(1).equals(all.subarray(0, -1))
}
