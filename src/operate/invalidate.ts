import { sentence } from '../base/cure.ts'
import { PhysmemError, RequestError } from '../base/errors.ts'
import { openKmodDevice } from '../kmod/client/device.ts'
import type { LocalSystem } from '../linux/system.ts'
import { physicalStretch } from '../machine/local/resolve/stretch.ts'
import { formatPlace } from '../place/place.ts'
import { isPhysical, type Place } from '../place/schemes/index.ts'
import { refusalError } from '../refusal/error.ts'
import { noInvalidate } from '../refusal/hugetlb.ts'
import { remedied } from '../wording/cure.ts'

/**
 * Drops the lines of a range through the kernel module, and returns its physical address. `force`:
 * also those of RAM that others may use. Without the module it is refused, and nothing is done.
 */
export async function invalidate(
  place: Place,
  length: number,
  force: boolean,
  system: LocalSystem,
): Promise<number> {
  if (!isPhysical(place)) {
    const input = formatPlace(place)
    const cure = sentence`${{ act: 'translate' }} gives that of a virtual one`
    throw new RequestError(
      'EUSAGE',
      `${input}: lines are invalidated by physical address only`,
      ...remedied({ cure }, { input }),
    )
  }
  const { address } = await physicalStretch(place, length, system.now())
  const device = openDevice(system)
  try {
    device.cache('invalidate', address, length, force)
  } finally {
    device.close()
  }
  return address
}

function openDevice(system: LocalSystem) {
  try {
    return openKmodDevice('write', system)
  } catch (error) {
    if (!(error instanceof PhysmemError) || error.code !== 'EREFUSED_NO_KMOD') throw error
    throw withoutModule(error)
  }
}

function withoutModule({ data, remedy = data }: PhysmemError): PhysmemError {
  const flush = 'flush them, which writes changed lines back before it drops them'
  const { cure } = remedy
  const refusal = noInvalidate(cure === undefined ? flush : sentence`${flush}; or ${cure}`)
  const what = 'cache lines cannot be dropped without being written back'
  return refusalError(what, refusal)
}
