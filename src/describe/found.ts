/** What names are found to mean (lookup.ts). */
import type { Block, Field, Register } from './model.ts'

/** A register, found by a name. */
export interface FoundRegister {
  /** The canonical name: `SPI[1].FIFO[3]`. It finds the same register again. */
  path: string
  block: Block
  /** `SPI[1]` */
  blockPath: string
  /** Bytes from the block's `base` to this element of it. */
  origin: number
  /** The same to the register: with those of clusters and of an array. */
  offset: number
  register: Register
  /** Within the block, with its clusters: `FIFO[3]`, `CH[2].CTRL`. */
  name: string
}

/** A field, found by a name. */
export interface FoundField {
  name: string
  field: Field
  /** Lowest bit of this element. */
  lsb: number
  width: number
}

/** An element of a block: its canonical name, and bytes from the block's `base`. */
export interface FoundBlock {
  block: Block
  path: string
  offset: number
}
