/** Machines, and what drivers have. */

import { join } from 'node:path'
import type { Backing } from '../../buffer/backing.ts'
import { PhysicalBuffer } from '../../buffer/buffer.ts'
import { setBusMaster } from '../../driver/command-register.ts'
import { openUioDevice } from '../../driver/uio-device.ts'
import { systemAt } from '../../engine/system-at.ts'
import { Here } from '../../face/local.ts'
import * as main from '../../index.ts'
import { FakeRoot } from '../../linux/testing/fake-root.ts'
import { may, need, options, type Table, value } from './table.ts'

/** RAM that is none. */
const backing: Backing = {
  ...{ from: 'hugetlb', address: 0x1000_0000, length: 4096, caching: 'write-back', held: [] },
  source: () => {
    throw new Error('it is not mapped')
  },
  cache: () => {},
  reach: () => ({ dmaAddress: 0x1000_0000, highest: undefined, source: '', iommu: '' }),
  close: () => {},
}

export async function machines({ add, method }: Table, folder: string): Promise<void> {
  const file = `file:${join(folder, 'bytes.bin')}`
  // Nothing of this may come to act on the machine that runs the test.
  const system = systemAt(folder)
  add(
    'open',
    (where: never, ...more: never[]) => main.open(where === undefined ? 'sim:' : where, ...more),
    may(file),
    options,
  )
  add('mapWindow', main.mapWindow, need(file, 'object'), options)
  add('connect', main.connect, need('sim:', 'object'))
  for (const [name, machine] of [
    ['Machine', new Here(systemAt(folder))],
    ['Machine that is simulated', await main.connect('sim:')],
  ] as const) {
    method(name, machine, 'open', may(file), options)
    const stretch = { address: 0x4000_0000, length: 64 }
    method(
      name,
      machine,
      'window',
      need(name === 'Machine' ? file : stretch, 'object', 'string'),
      options,
    )
    method(name, machine, 'describe', may({ board: 'none' }))
    const where = name === 'Machine' ? may('0x10', 'object') : need('0x40000000')
    method(name, machine, 'doctor', where, options)
  }
  const described = await (await main.connect('sim:')).describe({ board: 'none' })
  method('DescribedBoard', described, 'read', need('demo.SCRATCH'))
  method('DescribedBoard', described, 'write', need('demo.SCRATCH'), value, options)
  method('DescribedBoard', described, 'update', need('demo.CONTROL'), need({ MODE: 1 }), options)
  add(
    'a field of DescribedBoard#update',
    (MODE: never) => described.update('demo.CONTROL', { MODE }),
    need(1, 'bigint', 'string'),
  )
  const here = new Here(systemAt(folder))
  method('LocalMachine', here, 'translate', need(process.pid), need(0n))
  method('LocalMachine', here, 'owners', need([]), options)
  method('LocalMachine', here, 'allocateBuffer', need({ bytes: 4096 }))
  method('LocalMachine', here, 'bindDriver', need('0000:00:04.0'), need('none'), options)
  method('LocalMachine', here, 'openUioDevice', need(0, 'string'))
  add('allocateBuffer', (what: never) => main.allocateBuffer(what, system), need({ bytes: 4096 }))
  const bind = (pci: never, driver: never, more: never) =>
    main.bindDriver(pci, driver, more, system)
  add('bindDriver', bind, need('0000:00:04.0'), need('none'), may({ force: false }))
  add('openUioDevice', (which: never) => openUioDevice(which, system), need(0, 'string'))
  const master = (pci: never, on: never) => setBusMaster(pci, on, system)
  add('setBusMaster', master, need('0000:00:04.0'), need(true))

  const pci = '0000:00:04.0'
  const buffer = new PhysicalBuffer(backing, 0, system.files)
  method('PhysicalBuffer', buffer, 'clean flush invalidate', may(0), may(4))
  method('PhysicalBuffer', buffer, 'dmaAddress', need(pci))
  method('PhysicalBuffer', buffer, 'dmaSafety', may(pci))

  using withUio = new FakeRoot().uio(0, 'edu').put('sys/class/uio/uio0/event', '0')
  const uio = await openUioDevice(0, withUio.put('dev/uio0', '').system)
  // Closed, so that nothing waits: what is of a wrong type is refused before.
  uio.close()
  method('UioDevice', uio, 'interrupts', may({}))
  method('UioDevice', uio, 'waitForInterrupt', need({ timeoutMs: 1 }))
  method('UioDevice', uio, 'mapWindow', may(0, 'string'), options)
}
