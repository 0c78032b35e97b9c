import type { Machine } from '../machine/machine.ts'
import { placeAt } from '../place/at.ts'
import { formatPlace } from '../place/place.ts'
import type { DeviceRegister } from './register.ts'

/** What has a place of its own, or one behind what a register of its device says. */
export type Placed = Pick<DeviceRegister, 'place' | 'behind'>

/** The same, where its place says. */
export type Settled<T extends Placed> = Omit<T, 'behind'> & { behind?: never }

/**
 * The registers where they are: of a block that begins where a register of its device says, that
 * register is read, once.
 */
export async function settled<T extends Placed>(
  machine: Pick<Machine, 'locate'>,
  registers: readonly T[],
): Promise<Settled<T>[]> {
  const known = new Map<string, number>()
  const all: Settled<T>[] = []
  for (const register of registers) {
    const { behind, ...rest } = register
    if (behind === undefined) {
      all.push(rest)
      continue
    }
    const key = formatPlace(behind.place)
    let offset = known.get(key)
    if (offset === undefined) {
      const { memory, address } = await machine.locate(behind.place, behind.width / 8)
      offset = Number(await memory.read(address, behind.width))
      known.set(key, offset)
    }
    all.push({ ...rest, place: placeAt(register.place, offset) })
  }
  return all
}
