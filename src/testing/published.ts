/** A table of all that the package exports and that takes arguments, for src/arguments.test.ts. */
import { PhysicalBuffer } from '../buffer/buffer.ts'
import { DescribedBoard } from '../device/board.ts'
import { Binding } from '../driver/bind.ts'
import { UioDevice } from '../driver/uio-device.ts'
import { kernel } from './published/kernel.ts'
import { looks } from './published/looks.ts'
import { machines } from './published/machines.ts'
import { memories } from './published/memories.ts'
import { places } from './published/places.ts'
import { reports } from './published/reports.ts'
import { type Row, Table } from './published/table.ts'

export type { Row } from './published/table.ts'

/** Classes of what functions give. Nobody calls their constructors, and their names are types only. */
export const GIVEN = { PhysicalBuffer, UioDevice, Binding, DescribedBoard }

/** By `new CLASS`, `CLASS#method` or the name of a function. */
export async function ROWS(folder: string): Promise<Record<string, Row>> {
  const table = new Table()
  for (const fill of [machines, memories, places, kernel, looks, reports]) await fill(table, folder)
  return table.rows
}
