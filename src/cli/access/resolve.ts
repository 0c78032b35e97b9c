import { PhysmemError, RefusedError, RequestError } from '../../errors.ts'
import { checkInside } from '../../memory/bounds.ts'
import type { Memory } from '../../memory/memory.ts'
import type { Width } from '../../memory/step.ts'
import type { Place } from '../../place/schemes/index.ts'
import type { Context, Locator } from '../context.ts'

/** A stretch of bytes in a memory that was found. */
export interface Stretch {
  place: Place
  memory: Memory
  address: number
  length: number
  /** Every element is at the first address, as of a FIFO. */
  fixed?: boolean
}

/**
 * Finds where a stretch lies, or with `fixed` the one element of it. Throws ERANGE when it is not all
 * inside its memory.
 */
export async function locateStretch(
  machine: Locator,
  place: Place,
  length: number,
  { fixed = false, width = 8 }: { fixed?: boolean; width?: Width } = {},
): Promise<Stretch> {
  const bytes = fixed ? width / 8 : length
  const { memory, address } = await machine.locate(place, bytes)
  checkInside(address, address + bytes, memory.name, memory.length)
  return { place, memory, address, length, ...(fixed ? { fixed } : {}) }
}

/** The address of what is `offset` bytes behind the start of a stretch. */
export function addressIn({ address, fixed }: Stretch, offset: number): number {
  return fixed ? address : address + offset
}

/**
 * For a dry run: finds as much as can be found without writing rights, or any, and says what the
 * write would be refused for. Returns `undefined` where the memory cannot be opened, having said so;
 * throws where the place does not exist. `written` is the place that would be written, if any.
 */
export async function tryToFind<T>(
  context: Context,
  find: () => Promise<T>,
  written?: { machine: Locator; place: Place },
): Promise<T | undefined> {
  const tellRefusal = (error: unknown, what: string) => {
    if (!(error instanceof PhysmemError) || error instanceof RequestError) throw error
    context.note(`${what}: ${error.message}`)
  }
  let found: T
  try {
    found = await find()
  } catch (error) {
    tellRefusal(error, 'not checked against the memory')
    return undefined
  }
  try {
    await written?.machine.checkWritable?.(written.place)
  } catch (error) {
    const refused = error instanceof RefusedError && error.code === 'EPERMISSION'
    tellRefusal(error, refused ? 'the write would be refused' : 'not checked')
  }
  return found
}
