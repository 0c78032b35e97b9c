/** A name that `map` and `list` show of a simulated board, where a place should be. */
import { PhysmemError, type RequestError } from '../../../base/errors.ts'
import { inventoryOfBoard } from '../../../inventory/board.ts'
import type { Board } from '../../../memory/sim/index.ts'
import { formatAddress } from '../../../text/number.ts'

/** What has the name that was refused as a place, and where. */
export interface Named {
  name: string
  address: string
  /** Bits of the register; `undefined` for a whole region. */
  width?: number
}

/** What the board of the target calls so; `undefined` where the target has no board. */
export async function namedOnBoard(
  { code, data: { input, known } }: RequestError,
  board: () => Promise<Board | undefined>,
): Promise<Named | undefined> {
  const name = String(input)
  if (code !== 'ESYNTAX' || known === undefined) return undefined
  const description = await board().then(
    (opened) => opened?.description,
    (error: unknown) => {
      // What is wrong with the target is not what is wrong with the word.
      if (error instanceof PhysmemError) return undefined
      throw error
    },
  )
  if (description === undefined) return undefined
  for (const region of inventoryOfBoard(description, 'sim:').memory) {
    if (region.name === name) return { name, address: formatAddress(region.start) }
    const register = region.children.find((child) => child.name === name)
    if (register === undefined) continue
    const width = 8 * (register.last - register.start + 1)
    return { name, address: formatAddress(register.start), width }
  }
  return undefined
}
