import type { Machine } from '../machine/machine.ts'
import { placeAt } from '../place/at.ts'
import { formatPlace } from '../place/place.ts'
import type { At, DeviceRegister, SettledRegister, Whereabouts } from './register.ts'

/** The same, where it is. */
export type Settled<T extends Whereabouts> = Omit<T, keyof Whereabouts> & At

/**
 * The registers where they are: of a block that begins where a register of its device says, that
 * register is read, once.
 */
export async function settled<T extends Whereabouts>(
  machine: Pick<Machine, 'locate'>,
  registers: readonly T[],
): Promise<Settled<T>[]> {
  const known = new Map<string, number>()
  const all: Settled<T>[] = []
  for (const register of registers) {
    const { place, start, behind, ...rest } = register
    if (behind === undefined) {
      all.push({ ...rest, place })
      continue
    }
    const key = formatPlace(behind.place)
    let offset = known.get(key)
    if (offset === undefined) {
      const { memory, address } = await machine.locate(behind.place, behind.width / 8)
      offset = Number(await memory.read(address, behind.width))
      known.set(key, offset)
    }
    all.push({ ...rest, place: placeAt(start, offset) })
  }
  return all
}

/** The same of what has a register. */
export async function settledIn<T extends { register: DeviceRegister }>(
  machine: Pick<Machine, 'locate'>,
  all: readonly T[],
): Promise<(Omit<T, 'register'> & { register: SettledRegister })[]> {
  const registers = await settled(
    machine,
    all.map(({ register }) => register),
  )
  return registers.map((register, index) => ({ ...(all[index] as T), register }))
}
