/** What LiteX says of a system on a chip, in whichever file. */
import type { Position } from '../model.ts'

/** A text with its place in the file. */
export interface Said {
  text: string
  at: Position
}

/** A register as it is listed. */
export interface ListedRegister {
  name: string
  at: Position
  address: Said | undefined
  /** How many words of the bus it has. */
  words: Said | undefined
  /** `ro` or `rw`. */
  type: Said | undefined
}

export interface Soc {
  /** Where each module begins. */
  bases: ReadonlyMap<string, Said>
  registers: readonly ListedRegister[]
  /** In lower case, as LiteX writes them. */
  constants: ReadonlyMap<string, Said>
}
