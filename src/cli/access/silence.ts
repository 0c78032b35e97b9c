import { join } from 'node:path'
import { RequestError } from '../../errors.ts'
import { listPci, readBars, readPciFunction } from '../../linux/pci.ts'
import { linkName } from '../../linux/read.ts'
import { findUio } from '../../linux/uio-find.ts'
import { pciFunctionOf } from '../../machine/resolve/pci.ts'
import { formatPlace } from '../../place/index.ts'
import type { Place } from '../../place/schemes/index.ts'
import { parseTarget } from '../../place/target.ts'
import { silenceOf } from '../../refusal/silent.ts'
import type { Context } from '../context.ts'
import type { ShownAddress } from '../format/address.ts'
import type { Read } from './ones.ts'

/**
 * Says on stderr why what was read as all ones may be no data, once for each PCI function: `told` has
 * those of which it was said. Registers may hold ones: nothing is said of a function that could
 * answer. Nothing is accessed. Whether anything was said.
 */
export function noteSilence(context: Context, ones: readonly Read[], told: Set<string>): boolean {
  if (parseTarget(context.settings.target).kind !== 'local') return false
  const { root } = context
  const before = told.size
  for (const address of new Set(ones.map((read) => functionOf(read, root)))) {
    const pci = address && !told.has(address) ? readPciFunction(address, root) : undefined
    const remark = pci && silenceOf(pci, root)
    if (remark === undefined || address === undefined) continue
    context.note(remark.text, `  cure: ${remark.cure}`)
    told.add(address)
  }
  return told.size > before
}

/** The PCI function whose memory was read. */
function functionOf({ place, address }: Read, root: string): string | undefined {
  switch (place.scheme) {
    case 'pci':
      return pciFunctionOf(place, root)
    case 'uio':
      return functionOfUio(place, root)
    case 'address':
    case 'iomem':
    case 'dt':
    case 'dtb':
      return listPci(root).find((device) => readBars(device, root).some(holds(address)))
    default:
      return undefined
  }
}

/** `undefined` for a device that is gone since it was read. */
function functionOfUio(place: Extract<Place, { scheme: 'uio' }>, root: string): string | undefined {
  try {
    const { number } = findUio(place.device, formatPlace(place), root)
    return linkName(join(root, `sys/class/uio/uio${number}/device`))
  } catch (error) {
    if (error instanceof RequestError) return undefined
    throw error
  }
}

const holds =
  (address: ShownAddress) =>
  ({ kind, assigned, start, length }: ReturnType<typeof readBars>[number]): boolean =>
    kind === 'memory' && assigned && start <= address && address < start + length
