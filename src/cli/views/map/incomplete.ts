import type { Inventory } from '../../../inventory/inventory.ts'
import type { Context } from '../../frame/context.ts'

/** Says what an inventory does not have, and why. */
export function noteIncomplete(context: Context, { hidden, problems }: Inventory): void {
  const [problem] = problems
  if (hidden !== undefined) {
    const instead = hidden.ramFrom === undefined ? '' : `RAM from ${hidden.ramFrom}, and `
    const cure = hidden.cure === undefined ? [] : [`  cure: ${hidden.cure}`]
    context.note(
      `/proc/iomem and /proc/ioports hide the addresses: ${hidden.reason}; shown is ${instead}what /sys gives`,
      ...cure,
    )
  }
  if (problem !== undefined) {
    const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''
    context.note(`the device tree is not completely shown: ${problem}${more}`)
  }
}
