import type { ListedPlace } from '../inventory/places.ts'
import type { InventoryReport } from './inventory.ts'

/** `physmem list --json`. */
export interface ListDocument extends InventoryReport {
  places: PlaceReport[]
}

export interface PlaceReport extends Omit<ListedPlace, 'about'> {
  /** What else tells what it is. */
  about?: string
}

export function placeToJson({ about, ...place }: ListedPlace): PlaceReport {
  return { ...place, ...(about && { about }) }
}
