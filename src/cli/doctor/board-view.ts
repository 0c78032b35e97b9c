import type { Inventory } from '../../inventory/inventory.ts'
import { type Region, sizeOf } from '../../inventory/region.ts'
import type { BoardDescription } from '../../memory/sim/schema.ts'
import { formatHex } from '../../text/number.ts'
import { printable } from '../../text/refuse.ts'
import { showSize } from '../format/size.ts'
import type { Output } from '../io.ts'
import { marksFor } from './marks.ts'

/** What a simulated board has, all of which works: it is a part of this process. */
export function boardLines(
  { name, description }: BoardDescription,
  { memory, board }: Inventory,
  output: Output,
): string[] {
  const mark = marksFor(output)
  const about = description === undefined ? '' : `: ${description}`
  const width = Math.max(0, ...memory.map((region) => region.name.length))
  return [
    printable(`the simulated board ${name} (${board})${about}`),
    'It is in this process: it needs no root, no kernel and no hardware.',
    '',
    ...memory.map(
      (region) => `${mark('works')}  ${region.name.padEnd(width)}  works: ${what(region)}`,
    ),
  ]
}

function what({ facts, start, children, ...region }: Region): string {
  const size = `${showSize(sizeOf({ start, end: region.end }))} at ${formatHex(start, 32)}`
  const [kind] = facts.flatMap((fact) => (fact.kind === 'board' ? [fact.what] : []))
  const count = children.length === 1 ? '1 register' : `${children.length} registers`
  return kind === 'device' ? `${count} in ${size}` : `${size}, ${kind === 'rom' ? 'ROM' : 'RAM'}`
}
