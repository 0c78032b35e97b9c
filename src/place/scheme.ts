import type { Width } from '../base/width.ts'
import type { System } from '../linux/system.ts'
import { formatHex } from '../text/number.ts'
import { closed } from '../text/place-name.ts'
import type { InMemory, PhysicalStretch } from './located.ts'

/** What every place has. */
export interface AnyPlace {
  /** Which row of the table of schemes it belongs to. */
  scheme: string
  /** Byte offset in the thing that is named; for plain addresses, the physical address itself. */
  offset: number
}

/** Registers that are none of bytes in something, but counted by numbers. */
export interface Registers {
  /** What messages call them. */
  readonly plural: string
  /** Bits of each, and of every access. Its offsets are as many bytes apart. */
  readonly width: Width
}

/**
 * One way to name a place. Adding one means one file beside `schemes/msr.ts`, which also says where
 * such a place is (a `PhysicalScheme` or a `MemoryScheme`), and one row in `schemes/index.ts`. Kinds
 * that are neither have rows in the tables of the machines that have them.
 *
 * A place is `NAME:SUBJECT[+OFFSET]`. The scheme sees only the subject; offset, bits, ranges and
 * values follow the same rules for all, and are split off before.
 */
export interface Scheme<P extends AnyPlace> {
  readonly name: P['scheme']
  /** A place that a help text or a message can show. */
  readonly example: string
  /** The same for another way to name one. */
  readonly otherExample?: string
  /**
   * Set for places that are written without `NAME:`. Says whether this scheme takes the text, which
   * then is the whole place: the scheme handles `+OFFSET` itself.
   */
  readonly claims?: (text: string) => boolean
  /**
   * Set when a subject may contain anything, so that it may look as if `+OFFSET`, bits or the end
   * of a range followed: what messages call it (`path`). Such a subject is closed by `+0`.
   */
  readonly freeText?: string
  /** Set where a place is a register and no byte: there are no ranges of them. */
  readonly registers?: Registers
  /** Bits of its accesses, where not all four widths are. */
  readonly widths?: readonly Width[]
  /** Throws ERANGE where `count` elements from the place on reach beyond the last that any such thing has. */
  checkReach?(place: P, count: number): void
  /**
   * Index in `NAME:`'s body from which `+OFFSET`, bits and `..` are looked for: after the colons
   * and dots that belong to the subject.
   */
  suffixesFrom(body: string): number
  /** Throws a RequestError when the subject is malformed. */
  parse(subject: string, offset: number): P
  /** The canonical text, without `NAME:`. */
  format(place: P): string
  /** The place that was probably meant by a text that is none, if it is one of this scheme. */
  guess?(text: string): string | undefined
}

/** Names of physical addresses. */
export interface PhysicalScheme<P extends AnyPlace> extends Scheme<P> {
  /**
   * Where all of that is in which a place has its offset: a pure question, which loads what it needs.
   * Throws ENOPLACE for what does not exist.
   */
  stretch(place: P, system: System): PhysicalStretch | Promise<PhysicalStretch>
}

/** Names of what is in a memory of its own kind. */
export interface MemoryScheme<P extends AnyPlace> extends Scheme<P> {
  /** Which memory a place is in; what opens it is loaded when it is opened. */
  memory(place: P): InMemory
}

/** `SUBJECT+OFFSET`; without an offset of 0, unless the subject would be read otherwise then. */
export function withOffset(subject: string, offset: number): string {
  if (offset === 0) return closed(subject)
  return `${subject}+${formatHex(offset)}`
}
