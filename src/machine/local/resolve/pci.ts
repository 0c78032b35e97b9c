import type { Files } from '../../../linux/files.ts'
import { findPciByIds } from '../../../linux/pci-find.ts'
import { formatPlace } from '../../../place/place.ts'
import { type AnyPciPlace, isByIds, pciAddress } from '../../../place/schemes/pci.ts'

/** The address of the function that a place is in. Throws ENOPLACE where its ids name none, or several. */
export function pciFunctionOf(place: AnyPciPlace, files: Files): string {
  if (!isByIds(place)) return pciAddress(place)
  const placeOf = (index: number) => formatPlace({ ...place, index })
  return findPciByIds(place, formatPlace(place), placeOf, files)
}
