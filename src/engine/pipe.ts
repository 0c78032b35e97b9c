import { closeSync } from 'node:fs'
import { PhysmemError } from '../base/errors.ts'
import { type Addon, loadAddon } from './addon.ts'

/** Descriptors of a pipe, which no child has unless it is given them. */
export interface Pipe {
  readonly read: number
  readonly write: number
}

/** A pipe that holds so many bytes, as far as the kernel allows; `undefined` where none can be made. */
export function openPipe(bytes: number): Pipe | undefined {
  const ends = new Int32Array(2)
  if (engine()?.openPipe(ends, bytes) !== 0) return undefined
  const [read = -1, write = -1] = ends
  return { read, write }
}

export function closeDescriptor(fd: number): void {
  closeSync(fd)
}

function engine(): Addon | undefined {
  try {
    return loadAddon()
  } catch (error) {
    if (error instanceof PhysmemError) return undefined
    throw error
  }
}
