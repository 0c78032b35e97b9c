import type { Hidden } from '../inventory/hidden.ts'
import type { Inventory } from '../inventory/inventory.ts'

/** What every document of an inventory has. */
export interface InventoryReport {
  /** The device tree that it is of, where one was named; `overlay`: one that has no addresses. */
  file?: string
  overlay?: true
  /** The simulated board that it is of. */
  target?: string
  /** Why the kernel gives no addresses. */
  hidden?: Hidden
  /** What is wrong with the device tree. */
  problems: readonly string[]
}

export function originToJson({
  hidden,
  problems,
  file,
  board,
  overlay,
}: Inventory): InventoryReport {
  return {
    ...(file === undefined ? {} : { file }),
    ...(board === undefined ? {} : { target: board }),
    ...(overlay === undefined ? {} : { overlay }),
    ...(hidden === undefined ? {} : { hidden }),
    problems,
  }
}
