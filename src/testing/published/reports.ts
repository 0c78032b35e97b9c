/** Diagnoses, and generated registers. */

import { join } from 'node:path'
import * as doctor from '../../doctor/index.ts'
import { systemAt } from '../../engine/system-at.ts'
import * as sim from '../../memory/sim/index.ts'
import * as registers from '../../registers/index.ts'
import { may, need, type Table } from './table.ts'

export async function reports({ add }: Table, folder: string): Promise<void> {
  const system = systemAt(folder)
  const board = await sim.openSim()
  add('examine', (given: never) => doctor.examine(given, system), may({ selfTest: false }))
  add('examinePlace', doctor.examinePlace, need('0x10', 'object'), may({ width: 8 }), may(system))
  // What a name is for is messages alone, of what is generated.
  const forMessages = need('x', 'number', 'bigint', 'boolean', 'object', 'array', 'symbol')
  const name = { ...forMessages, optional: true, also: [...(forMessages.also ?? []), 'null'] }
  add('flag', registers.flag, need(true, 'number'), name)
  add('integer', registers.integer, need(1), need(7), name)
  add('longInteger', registers.longInteger, need(1n), need(7n), name)
  add('swapped', registers.swapped, need(1, 'bigint'), need(32))
  add('overlap', registers.overlap, need('A'), need('B'))
  add('unknownField', registers.unknownField, need('A'), need('B'), need(['C']))
  add(
    'elements',
    registers.elements,
    need('A'),
    need(2),
    need(() => 0),
  )
  const accessors = { read32: () => 0, write32: () => {}, update32: () => {} }
  add('startOf', registers.startOf, need(accessors), need(0))
  const layout = { name: 'A.B', width: 32 as const }
  add('inMemory', registers.inMemory, need(board), need(0), need(layout))

  const diagnosis = await doctor.examine({ selfTest: false }, system)
  add('reportText', doctor.reportText, need(diagnosis), need('1'), may(system))
  const write = (name: never, ...more: [never, never]) =>
    doctor.writeReport(typeof name === 'string' ? join(folder, 'report') : name, ...more)
  add('writeReport', write, need(join(folder, 'report')), need(diagnosis), need('1'), may(system))
}
