/** Memories, windows, programs and boards. */
import { join } from 'node:path'
import * as main from '../../index.ts'
import * as memory from '../../memory/index.ts'
import * as sim from '../../memory/sim/index.ts'
import { may, need, offset, options, type Table, value, width } from './table.ts'

export async function memories({ add, method }: Table, folder: string): Promise<void> {
  const file = `file:${join(folder, 'bytes.bin')}`
  const wait = need({ equals: 0, timeoutMs: 0 })
  const sampling = [need({ count: 1 }), need(() => {})]
  const board = await sim.openSim()
  const opened = await main.open(file)
  for (const [name, one] of [
    ['Memory', board],
    ['Memory of a file', opened],
  ] as const) {
    const address = need(name === 'Memory' ? 0x4000_0000 : 0)
    method(name, one, 'read8 read16 read32 read64', address)
    method(name, one, 'write8 write16 write32 write64', address, value)
    method(name, one, 'update8 update16 update32 update64', address, value, value)
    method(name, one, 'wait8 wait16 wait32 wait64', address, wait)
    method(name, one, 'read', address, width)
    method(name, one, 'write', address, width, value)
    method(name, one, 'update', address, width, value, value)
    method(name, one, 'wait', address, width, wait)
    method(name, one, 'readBlock', address, width, need(2), may('fixed'))
    method(name, one, 'writeBlock', address, width, need(new Uint8Array(4)), may('fixed'))
    method(name, one, 'fill', address, width, need(2), value)
    method(name, one, 'cache', need('flush'), address, need(4))
    method(name, one, 'run', need(new main.Program([])), options)
    method(name, one, 'start', need(new main.Program([])), options)
    method(name, one, 'prepare', need(new main.Program([])))
    method(name, one, 'foresee', need(new main.Program([])))
    const reads = need(new main.Program([{ op: 'read', address: Number(address.good), width: 32 }]))
    method(name, one, 'sample', reads, ...sampling)
  }
  const window = await main.mapWindow(file)
  const onBoard = await main.mapWindow({ target: board, address: 0x4000_0000, length: 64 })
  for (const [name, one] of [
    ['Window', window],
    ['Window on a board', onBoard],
  ] as const) {
    method(name, one, 'read8 read16 read32 read64', offset)
    method(name, one, 'write8 write16 write32 write64', offset, value)
    method(name, one, 'update8 update16 update32 update64', offset, value, value)
    method(name, one, 'wait8 wait16 wait32 wait64', offset, wait)
    method(name, one, 'read', offset, width)
    method(name, one, 'write', offset, width, value)
    method(name, one, 'update', offset, width, value, value)
    method(name, one, 'wait', offset, width, wait)
    method(name, one, 'readBlock', offset, width, need(2), may('fixed'))
    method(name, one, 'writeBlock', offset, width, need(new Uint8Array(4)), may('fixed'))
    method(name, one, 'fill', offset, width, need(2), value)
  }

  const steps = [{ op: 'read', address: 0x4000_0000, width: 32 }] as const
  const program = new main.Program(steps)
  add('new Program', (...args: [never]) => new main.Program(...args), need(steps), may(0))
  add('one step of a Program', (one: never) => new main.Program([one]), need(steps[0]))
  method('Program', program, 'dataOffset', need(0))
  const results = await board.run(program)
  method('Results', results, 'value written elapsedUs bytes', need(0))
  method('Results', results, 'partialBytes', need(0), need(0))
  method('Results', results, 'parts', need(0), may(0))
  method('Results', results, 'lastSeen', need(0))
  const raw = { done: 1, cells: new Uint32Array(1), data: new Uint8Array(0) }
  add(
    'new Results',
    (...args: [never, never]) => new memory.Results(...args),
    need(program),
    need(raw),
  )
  add('checkBounds', memory.checkBounds, need(program), need('x'), may(8))
  add('checkLimits', memory.checkLimits, need(program), need({ name: 'x' }))
  add(
    'closedError',
    (name: never) => {
      throw memory.closedError(name)
    },
    need('x'),
  )
  const bus = { ...sim.systemClock, name: 'x', load: () => 0, store: () => {} }
  add('interpret', memory.interpret, need(program), need(bus), options)
  method(
    'RunQueue',
    new memory.RunQueue(),
    'add',
    need(async () => 1),
    may(AbortSignal.abort()),
  )

  add('openSim', sim.openSim, may('sim:'), options)
  add('parseBoard', sim.parseBoard, need(sim.defaultBoard), may('board.yaml'))
  const description = await sim.parseBoard(sim.defaultBoard)
  add('new SimMemory', (...args: [never]) => new sim.SimMemory(...args), need(description), options)
  method('SimMemory', board, 'run', need(program), options)
  method('SimMemory', board, 'foresee', need(program))
  const oneRead = new main.Program([{ op: 'read', address: 0x4000_0000, width: 32 }])
  method('SimMemory', board, 'sample', need(oneRead), ...sampling)
  method(
    'SimMemory',
    board,
    'closeWith',
    need(() => {}),
  )
  method('VirtualClock', new sim.VirtualClock(), 'sleepUs blockUs advanceMs', need(1))
  method('Board', board.board, 'load quietUntilUs', need(0x4000_0000), width)
  method('Board', board.board, 'store', need(0x4000_0000), width, value)
  method('Board', board.board, 'peek text', need('uart0.DR'))
  method('Board', board.board, 'poke', need('demo.SCRATCH'), value)
  method('Board', board.board, 'type', need('uart0.DR'), need('x'))
}
