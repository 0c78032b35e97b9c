import type { ListedPlace } from '../inventory/places.ts'
import type { InventoryReport } from './inventory.ts'

/** `physmem list --json`. */
export interface ListDocument extends InventoryReport {
  places: PlaceReport[]
}

export interface PlaceReport extends Omit<ListedPlace, 'about' | 'length'> {
  /** Bytes; of ports, how many there are. */
  size: number
  /** What else tells what it is. */
  about?: string
}

export function placeToJson({
  kind,
  place,
  address,
  length,
  about,
  ...rest
}: ListedPlace): PlaceReport {
  return { ...{ kind, place, address, size: length, ...rest }, ...(about && { about }) }
}
