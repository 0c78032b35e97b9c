import type { Mode } from '../engine/source.ts'
import type { LocalSystem } from '../linux/system.ts'
import type { Memory } from '../memory/memory.ts'

/** A memory that was opened. */
export interface Opened {
  memory: Memory
}

/** Where a place is. Nothing is open yet. */
export interface Found {
  /** Places with the same key are in the same memory. */
  key: string
  /** Tells what is there now from what is there later: a file that was replaced, another device. */
  identity?: string | undefined
  address: number
  /** Bytes from the address to the end of what was named; `undefined` where the memory itself ends. */
  length?: number | undefined
  /** `gone` is to be told where an access finds that what it is of has gone: then it is opened anew. */
  open(gone: () => void): Promise<Opened>
}

/** Which way was taken to some addresses, for those who want to know. */
export type Notify = (text: string) => void

/** What a place is looked up with. */
export interface Surroundings {
  mode: Mode
  system: LocalSystem
  notify: Notify
  /** Whether blocks over ranges of I/O ports are allowed. */
  actOnPorts: boolean
  /** The same of registers of an I2C device. */
  actOnI2c: boolean
  /** The physical memory of the machine, which is opened once. */
  physical(): Promise<Memory>
}
