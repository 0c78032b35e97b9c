import type { Machine } from '../machine/machine.ts'
import { placeAt } from '../place/at.ts'
import { formatPlace } from '../place/place.ts'
import type { DeviceRegister } from './register.ts'

/**
 * The registers where they are: of a block that begins where a register of its device says, that
 * register is read, once.
 */
export async function settled<R extends DeviceRegister>(
  machine: Pick<Machine, 'locate'>,
  registers: readonly R[],
): Promise<R[]> {
  const known = new Map<string, number>()
  const all: R[] = []
  for (const register of registers) {
    const { behind } = register
    if (behind === undefined) {
      all.push(register)
      continue
    }
    const key = formatPlace(behind.place)
    let offset = known.get(key)
    if (offset === undefined) {
      const { memory, address } = await machine.locate(behind.place, behind.width / 8)
      offset = Number(await memory.read(address, behind.width))
      known.set(key, offset)
    }
    all.push({ ...register, place: placeAt(register.place, offset), behind: undefined })
  }
  return all
}
