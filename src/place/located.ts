/** Where places are: types alone, since this room opens nothing. */
import type { FileOpener } from '../engine/access-file.ts'
import type { Mode } from '../engine/source.ts'
import type { Memory } from '../memory/memory.ts'
import type { PortOptions } from '../ways/port.ts'

/** Physical addresses, from the first one on. */
export interface PhysicalStretch {
  address: number
  /** Bytes from the address to the end; `undefined` where nothing bounds it. */
  length: number | undefined
}

/** Where a place is that is in a memory of its kind. Nothing is open yet. */
export interface InMemory {
  /** Places with the same key are in the same memory. */
  key: string
  /** The file that it is behind, where another one may be there later, which is another memory. */
  file?(): Promise<string>
  address: number
  /** Opens the memory, on the machine that it is on. */
  open(reach: Reach): Promise<Memory>
}

/** What memories are opened by, on a machine wherever it is. */
export interface Reach {
  mode: Mode
  /** Opens files of the machine, and asks what it tells of itself. */
  files: FileOpener
  /** How its I/O ports are accessed, and whether blocks over ranges of them are allowed. */
  ports(): Pick<PortOptions, 'blocks' | 'instructions'>
}
