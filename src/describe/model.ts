/**
 * What a description says of registers: one model, whatever it was written in. A reader makes it,
 * and nothing in it touches memory.
 *
 * Names stand as they were written; what repeats is kept once, with its `Repeat`, and is expanded
 * when it is looked up (lookup.ts). Values and masks are `bigint`s, since registers have up to 64
 * bits. What a description does not say is absent: it is unknown, not safe.
 */
import type { Endian } from '../base/endian.ts'
import type { Width } from '../base/width.ts'

/** Who may do what to a register or field. `once`: only the first store after a reset has effect. */
export type Access = 'read-only' | 'read-write' | 'write-only' | 'write-once' | 'read-write-once'

/**
 * What a load does besides. `none`: the description says that it does nothing (an overlay's `safe`);
 * `external`: something outside of the register changes. Absent: nothing is known.
 */
export type ReadEffect = 'none' | 'clear' | 'set' | 'modify' | 'external'

/**
 * What a store makes of the bits, where it does not simply keep them. `clear` and `set`: whatever is
 * stored, all bits are cleared or set; `modify`: something else, that is not described.
 */
export type WriteEffect =
  | 'one-to-clear'
  | 'one-to-set'
  | 'one-to-toggle'
  | 'zero-to-clear'
  | 'zero-to-set'
  | 'zero-to-toggle'
  | 'clear'
  | 'set'
  | 'modify'

/** Where in a file something stands; both count from 1. */
export interface Position {
  line: number
  column: number
}

/** What is wrong or doubtful in a description. The rest of it is read all the same. */
export interface Issue extends Position {
  /** Which kind, for tables and tests: `enum-value-too-wide`. */
  code: string
  /** `error`: a part is left out; `warning`: it was read, as the message says. */
  severity: 'error' | 'warning'
  /** A sentence without place or path. */
  message: string
  /** What it is about: `UART0.CR.TXE`; empty for the file itself. */
  path: string
  /** The file, where a description is made of several. */
  file: string
}

/** What repeats, `count` times, each `stride` after the one before. */
export interface Repeat {
  /** At least 1, up to 2^32. */
  count: number
  /** Bytes; bits for a field. */
  stride: number
  /**
   * Written in the place of `%s`, one for each: `A`, `B`; absent for 0, 1, 2 …. They also name the
   * elements of an array whose name has `[%s]`.
   */
  names?: readonly string[]
}

/** One value of a field that has a name. */
export interface EnumeratedValue {
  name: string
  description?: string
  /** Absent: all values that no other one has. */
  value?: bigint
  /** The bits of the field that count; absent: all. `1xx` has the value 4 and the mask 4. */
  mask?: bigint
}

/** The names of a field's values, as they are read, as they are written, or both. */
export interface Enumeration {
  name?: string
  usage: 'read' | 'write' | 'read-write'
  values: readonly EnumeratedValue[]
}

/** Which values may be stored. */
export type WriteConstraint =
  | { kind: 'as-read' }
  | { kind: 'enumerated' }
  | { kind: 'range'; minimum: bigint; maximum: bigint }

/** A run of bits in a register. */
export interface Field {
  /** With `%s` or `[%s]` where it repeats. */
  name: string
  description?: string
  /** Lowest bit, from 0; of the first one where it repeats. */
  lsb: number
  /** Bits, 1 to 64. */
  width: number
  access?: Access
  readEffect?: ReadEffect
  writeEffect?: WriteEffect
  /** At most one for each usage. */
  enumerations?: readonly Enumeration[]
  writeConstraint?: WriteConstraint
  repeat?: Repeat
}

/** A location of up to 64 bits that is accessed whole. */
export interface Register {
  kind: 'register'
  /** With `%s` or `[%s]` where it repeats. */
  name: string
  /** What the manual calls it, where that is not a name for a program. */
  displayName?: string
  description?: string
  /** Bytes after what it is in. */
  offset: number
  /** Bits that are described, 1 to 64. */
  size: number
  /** Bits of its access: the size, rounded up to a width, within that of the bus. */
  width: Width
  access: Access
  reset?: bigint
  /** The bits of `reset` that are defined; absent: all. */
  resetMask?: bigint
  readEffect?: ReadEffect
  /** Its effect is that every access fails, as of a register of a simulated board that does so. */
  fails?: true
  writeEffect?: WriteEffect
  /** A store changes a bit n of the low half only where bit n + size / 2 is set (Rockchip's GRF). */
  highWordMask?: boolean
  /** Bytes in memory, where they are in another order than those of the device. */
  endian?: Endian
  fields: readonly Field[]
  writeConstraint?: WriteConstraint
  /** It describes the same location as another one, whose name this is, or a group of such. */
  alternate?: { register?: string; group?: string }
  repeat?: Repeat
}

/** Registers that belong together, and repeat together: a cluster, a register file. */
export interface Cluster {
  kind: 'cluster'
  name: string
  description?: string
  /** Bytes after what it is in. */
  offset: number
  children: readonly (Register | Cluster)[]
  alternate?: { cluster?: string }
  repeat?: Repeat
}

/** A stretch of a block: what for, and where. */
export interface Extent {
  /** Bytes after the base. */
  offset: number
  length: number
  usage?: 'registers' | 'buffer' | 'reserved'
}

/** What says that a device is of this kind. */
export interface Matches {
  /** Of device trees: `arm,pl011`. */
  compatible?: readonly string[]
  /** PCI ids: `8086:100e`; of a vendor's one alone, never. */
  pci?: readonly string[]
  /** PCI class codes, of 6, 4 or 2 hexadecimal digits: `010802`. */
  pciClass?: readonly string[]
  /** ACPI ids: `PNP0103`. */
  acpi?: readonly string[]
  /** Where in such a device the registers are: `bar0`, `reg1`, `config`. Default: its first. */
  within?: string
}

/** A block of registers: a peripheral. */
export interface Block {
  name: string
  description?: string
  /** Which blocks belong together, in the words of the description. */
  group?: string
  /** Physical address of its offset 0; absent where only the machine knows (a kind of block). */
  base?: number
  /** Which place its registers are at, where that is not a plain address: `uio:dma/map0`. */
  at?: string
  matches?: Matches
  extents: readonly Extent[]
  /** Made when first asked for: a device may have ten thousand. */
  readonly children: readonly (Register | Cluster)[]
  endian?: Endian
  repeat?: Repeat
  /** The block whose registers it has besides its own ones: an overlay of that one is of this one, too. */
  derivedFrom?: string
  /** The manual and its section, or the file, that this is from. */
  source?: string
  alternate?: string
}

/** All that one description says. */
export interface Device {
  /** `bcm2711`; a name of the file where the description has none. */
  name: string
  description?: string
  vendor?: string
  version?: string
  endian: Endian
  /** Widest access of its bus, where the description says. */
  busWidth?: Width
  blocks: readonly Block[]
}

/** What a reader makes of a file. */
export interface Description {
  device: Device
  /** In the order of the file. Complete once the children of all blocks have been asked for. */
  readonly issues: readonly Issue[]
  /** Those of overlays that show before registers are asked for: an error is a change that was not made. */
  readonly overlayIssues?: readonly Issue[]
  /** Where a block, cluster, register or field of it stands, where the reader knows. */
  positionOf?(part: object): Position | undefined
}

/** Is told of the changes of an overlay to one block, with what is wrong with them. */
export type CheckChanges = (issues: readonly Issue[]) => void

/** A file, and those beside it. */
export interface SourceText {
  /** As the person named it; for messages. */
  name: string
  text: string
  /**
   * The same as it lies in the file, for formats that are not text; absent where there is text
   * alone.
   */
  readonly bytes?: Uint8Array
  /** Another file, by its name as it stands in this one; rejects what cannot be read. */
  open(name: string): SourceText
}
