/** A name that `map` and `list` show of a simulated board, where a place should be. */
import { PhysmemError, type RequestError } from '../../../base/errors.ts'
import { inventoryOfBoard } from '../../../inventory/board.ts'
import type { Region } from '../../../inventory/region.ts'
import type { Board } from '../../../memory/sim/index.ts'
import { formatAddress } from '../../../text/number.ts'

/** What has the name that was refused as a place, and where. */
export interface Named {
  name: string
  address: string
  /** Bits of the register; `undefined` for a whole region. */
  width?: number
  /** Whether it is a register, or a region that has some. */
  hasRegisters: boolean
}

/** What the board of the target calls so; `undefined` where the target has no board. */
export async function namedOnBoard(
  { code, data: { input, known } }: RequestError,
  board: () => Promise<Board | undefined>,
): Promise<Named | undefined> {
  const name = String(input)
  if (code !== 'ESYNTAX' || known === undefined) return undefined
  for (const region of await regionsOf(board)) {
    const hasRegisters = region.children.length > 0
    if (region.name === name) return { name, address: formatAddress(region.start), hasRegisters }
    const register = region.children.find((child) => child.name === name)
    if (register === undefined) continue
    const width = 8 * (register.last - register.start + 1)
    return { name, address: formatAddress(register.start), width, hasRegisters }
  }
  return undefined
}

/** What others write between a block and its register. */
const JOINTS = ['/', ':', '::', '_', '->']

/**
 * The words with the names of registers of the board as they are written here, in the place of
 * `uart0/FR`, `uart0:FR:TXFE`, `uart0_FR`, `uart0.FR:` and `uart0.`; `undefined` where none is such.
 */
export async function respelled(
  words: readonly string[],
  board: () => Promise<Board | undefined>,
): Promise<string[] | undefined> {
  if (!words.some((word) => /^[a-z_]\w*(?:[.:/_]|->)/i.test(word))) return undefined
  const blocks = (await regionsOf(board)).filter(({ children }) => children.length > 0)
  const names = blocks.flatMap(({ name, children }) => [name, ...children.map((one) => one.name)])
  const others = words.map((word) => respelledWord(word, names))
  return others.some((other, index) => other !== words[index]) ? others : undefined
}

function respelledWord(word: string, names: readonly string[]): string {
  for (const name of names) {
    if ([`${name}.`, `${name}:`].includes(word)) return name
    for (const joint of name.includes('.') ? JOINTS : []) {
      const spelled = name.replace('.', joint)
      const behind = word.slice(spelled.length)
      if (word.startsWith(spelled) && /^(?:$|[:=!<>])/.test(behind)) return name + behind
    }
  }
  return word
}

async function regionsOf(board: () => Promise<Board | undefined>): Promise<Region[]> {
  const description = await board().then(
    (opened) => opened?.description,
    (error: unknown) => {
      // What is wrong with the target is not what is wrong with the word.
      if (error instanceof PhysmemError) return undefined
      throw error
    },
  )
  return description === undefined ? [] : inventoryOfBoard(description, 'sim:').memory
}
