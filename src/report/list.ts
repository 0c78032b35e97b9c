import type { ListedPlace } from '../inventory/places.ts'
import type { DescribedRegister } from './describe.ts'
import type { InventoryReport } from './inventory.ts'

/** `physmem list --json`. */
export interface ListDocument extends InventoryReport {
  places: ListedPlace[]
  /** Described registers, where names of them were given. */
  registers?: ListedRegister[]
}

/** A register that a description has, without its fields: `physmem describe` tells them. */
export type ListedRegister = Pick<
  DescribedRegister,
  'name' | 'place' | 'address' | 'start' | 'behind' | 'width' | 'access' | 'text' | 'description'
>
