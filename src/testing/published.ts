/** A table of all that the package exports and that takes arguments, for src/arguments.test.ts. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Backing } from '../buffer/backing.ts'
import { PhysicalBuffer } from '../buffer/buffer.ts'
import { DescribedBoard } from '../device/board.ts'
import * as doctor from '../doctor/index.ts'
import { Binding } from '../driver/bind.ts'
import { setBusMaster } from '../driver/command-register.ts'
import { openUioDevice, UioDevice } from '../driver/uio-device.ts'
import { systemAt } from '../engine/system-at.ts'
import { Here } from '../face/local.ts'
import * as main from '../index.ts'
import * as inventory from '../inventory/published.ts'
import * as linux from '../linux/published.ts'
import { FakeRoot } from '../linux/testing/fake-root.ts'
import * as memory from '../memory/index.ts'
import * as sim from '../memory/sim/index.ts'
import * as place from '../place/published.ts'
import * as registers from '../registers/index.ts'
import * as translate from '../translate/index.ts'

/** An argument: one that is taken, and further types that it may have. */
export interface Argument {
  good: unknown
  optional?: boolean
  also?: readonly string[]
}

export interface Row {
  given: readonly Argument[]
  call(...given: never[]): unknown
}

const need = (good: unknown, ...also: string[]): Argument => ({ good, also })
const may = (good: unknown, ...also: string[]): Argument => ({ good, also, optional: true })
const value = need(1, 'bigint')
const offset = need(0)
const width = need(32)

/** Classes of what functions give. Nobody calls their constructors, and their names are types only. */
export const GIVEN = { PhysicalBuffer, UioDevice, Binding, DescribedBoard }

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

/** By `new CLASS`, `CLASS#method` or the name of a function. */
export async function ROWS(folder: string): Promise<Record<string, Row>> {
  const rows: Record<string, Row> = {}
  const add = (name: string, call: unknown, ...given: Argument[]) => {
    rows[name] = { given, call: call as Row['call'] }
  }
  /** Functions of one room that take the same. */
  const each = (room: object, names: string, ...given: Argument[]) => {
    for (const name of names.split(' ')) add(name, room[name as never], ...given)
  }
  /** Methods of an object. */
  const method = (of: string, object: object, names: string, ...given: Argument[]) => {
    for (const name of names.split(' ')) {
      add(
        `${of}#${name}`,
        (...args: never[]) => (object[name as never] as Row['call']).apply(object, args),
        ...given,
      )
    }
  }

  const file = `file:${join(folder, 'bytes.bin')}`
  const root = may(folder)
  const options = may({})
  const text = need('1')

  // Nothing of this may come to act on the machine that runs the test: what was left out is its root.
  const elsewhere = (given: unknown): never => {
    const empty = typeof given === 'object' && given !== null && Object.keys(given).length === 0
    return (
      given === undefined || (empty && !Array.isArray(given)) ? { root: folder } : given
    ) as never
  }
  add(
    'open',
    (where: never, ...more: never[]) => main.open(where === undefined ? 'sim:' : where, ...more),
    may(file),
    options,
  )
  add('mapWindow', main.mapWindow, need(file, 'object'), options)
  add('connect', main.connect, need('sim:', 'object'))
  for (const [name, machine] of [
    ['Machine', new Here(folder)],
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
  const here = new Here(folder)
  method('LocalMachine', here, 'translate', need(process.pid), need(0n))
  method('LocalMachine', here, 'owners', need([]), options)
  method('LocalMachine', here, 'allocateBuffer', need({ bytes: 4096 }))
  method('LocalMachine', here, 'bindDriver', need('0000:00:04.0'), need('none'), options)
  method('LocalMachine', here, 'openUioDevice', need(0, 'string'))
  add('allocateBuffer', main.allocateBuffer, need({ bytes: 4096, root: folder }))
  const bind = (pci: never, driver: never, more: never) =>
    main.bindDriver(pci, driver, elsewhere(more))
  add('bindDriver', bind, need('0000:00:04.0'), need('none'), may({ root: folder }))
  const openUio = (which: never, more: never) => openUioDevice(which, elsewhere(more))
  add('openUioDevice', openUio, need(0, 'string'), may({ root: folder }))
  const master = (pci: never, on: never, at: never) => setBusMaster(pci, on, elsewhere(at))
  add('setBusMaster', master, need('0000:00:04.0'), need(true), may({ root: folder }))

  const pci = '0000:00:04.0'
  const buffer = new PhysicalBuffer(backing, 0, folder)
  method('PhysicalBuffer', buffer, 'clean flush invalidate', may(0), may(4))
  method('PhysicalBuffer', buffer, 'dmaAddress', need(pci))
  method('PhysicalBuffer', buffer, 'dmaSafety', may(pci))

  using withUio = new FakeRoot().uio(0, 'edu').put('sys/class/uio/uio0/event', '0')
  const uio = await openUioDevice(0, { root: withUio.put('dev/uio0', '').path })
  // Closed, so that nothing waits: what is of a wrong type is refused before.
  uio.close()
  method('UioDevice', uio, 'interrupts', may({}))
  method('UioDevice', uio, 'waitForInterrupt', need({ timeoutMs: 1 }))
  method('UioDevice', uio, 'mapWindow', may(0, 'string'), options)

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

  each(
    place,
    'parseAddress parseAssignment parseBits parseCondition parseDurationUs parseLiteral',
    text,
  )
  each(place, 'parseOffset parseOperand parseOperandOrRange parsePid parsePlace parseRange', text)
  each(place, 'parseRangeOrPlace parseSize parseValue parseVirtual parseWidth', text)
  each(place, 'parseNumber parsePattern', text, options)
  const bits = need({ high: 7, low: 4 })
  const aPlace = place.parsePlace('0x10')
  each(place, 'bitsMask checkBits', bits, width)
  each(place, 'countBits formatBits', bits)
  add('extractBits', place.extractBits, value, bits)
  add('placeBits', place.placeBits, value, bits, width)
  add('swapValue', place.swapValue, value, width)
  add('checkValue', place.checkValue, value, need(32, 'object'))
  add('literalValue', place.literalValue, need({ value: 1n }), need(32, 'object'))
  add('formatLiteral', place.formatLiteral, need({ value: 1n }))
  add('formatHex', place.formatHex, value, may(4))
  add('formatDuration', place.formatDuration, need(5))
  add('formatPlace', place.formatPlace, need(aPlace))
  add('formatOperand', place.formatOperand, need(place.parseOperand('0x10:7:4')))
  add('formatRange', place.formatRange, need(place.parseRange('0x10..0x20')))
  add('rangeEnd', place.rangeEnd, need(place.parseRange('0x10..0x20')))
  add('formatPattern', place.formatPattern, need(place.parsePattern('00')))
  add('formatAssignment', place.formatAssignment, need(place.parseAssignment('0x10=1')))
  add('formatCondition', place.formatCondition, need(place.parseCondition('0x10=1')))
  add('isMet', place.isMet, need(1n), need('='), need(1n))
  add('nearest', place.nearest, need('x'), need(['x'], 'string'))
  add('pciAddress', place.pciAddress, need(place.parsePlace('pci:0:4.0/bar0')))
  add('checkAligned', place.checkAligned, value, width, may('x'), may(8n), may(0))

  const files = may(linux.filesAt(folder))
  add('filesAt', linux.filesAt, root)
  each(
    linux,
    'hasIommu listDmaBuffers listPci listProcesses listUio openDeviceTree readCommandLine',
    files,
  )
  each(
    linux,
    'readCredentials readFirmwareMap readHugePages readIomem readIoports readKcoreHeaders',
    files,
  )
  each(
    linux,
    'readKernelLog readKsmTrust readLockdown readNumaBlocks readRelease readSpecialTypes',
    files,
  )
  each(linux, 'readSymbols symbolsHidden', files)
  each(linux, 'parseBars parseIomem parseMaps parseSmaps parseSymbols', text)
  each(linux, 'hasPorts physicalAddressBits', files, may('x64'))
  each(
    linux,
    'findSymbol pciDriver readBars readDmaMaskBits readIommuGroup readPciFunction',
    text,
    files,
  )
  each(linux, 'readMaps readProcess readSmaps numaNodeOf', need(1), files)
  each(linux, 'readPageCgroup readPageCount readPageFlags', need([1]), root)
  each(linux, 'parsePciHeader parseKcoreHeaders', need(new Uint8Array(64)))
  each(linux, 'namesOfCapabilities pageFlagNames', need(1n))
  const resources = need(linux.parseIomem('00000000-00000fff : x'))
  each(linux, 'addressesHidden resourceTree', resources)
  add('resourcesAt', linux.resourcesAt, resources, need(0))
  add('isSystemRam', linux.isSystemRam, need('x'))
  add('memoryWordsOf', linux.memoryWordsOf, need(new linux.CommandLine('')))
  add('parseKernelConfig', linux.parseKernelConfig, text, need('x'))
  add('readKernelConfig', linux.readKernelConfig, files, may('6.1'))
  add('credibleFlagNames', linux.credibleFlagNames, need(1n), need('none'))
  add('hasPageFlag', linux.hasPageFlag, need(1n), need('LRU'))
  add('nodeAt', linux.nodeAt, may(undefined, 'object'), need(0))
  add('decodePage', linux.decodePage, need(0), need(0), may(undefined, 'object'))
  add('new CommandLine', (one: never) => new linux.CommandLine(one), text)
  method('CommandLine', new linux.CommandLine('a=1'), 'has value all', need('a'))
  add(
    'new KernelConfig',
    (...args: [never, never]) => new linux.KernelConfig(...args),
    text,
    need('x'),
  )
  method('KernelConfig', new linux.KernelConfig('', 'x'), 'get line', need('CONFIG_X'))
  add(
    'new FrameFile',
    (...args: [never]) => new linux.FrameFile(...args).close(),
    need('kpageflags'),
    root,
  )
  mkdirSync(join(folder, 'proc'))
  writeFileSync(join(folder, 'proc/kpageflags'), new Uint8Array(64))
  const flags = new linux.FrameFile('kpageflags', folder)
  method('FrameFile', flags, 'read', need(0))
  method('FrameFile', flags, 'readRun', need(0), need(1))

  const blob = readFileSync(join(import.meta.dirname, '../linux/device-tree/testing/virt.dtb'))
  const tree = linux.parseFlattened(blob, 'virt.dtb')
  const node = need(tree.root)
  each(linux, 'consoleOf ioWindows isOverlay listRegions', need(tree))
  each(linux, 'busMeanings', need(tree), need(0))
  add('findNode', linux.findNode, need(tree), need('/'))
  add('nodesAt', linux.nodesAt, need(tree), need(0), may([]))
  each(linux, 'interruptParentOf interruptsOf', need(tree), node)
  each(linux, 'compatibleOf nodesBelow statusOf', node)
  add('isEnabled', linux.isEnabled, node, may(new Map()))
  add('regionOf', linux.regionOf, node, need(0, 'string'))
  add('regionsOf', linux.regionsOf, node, may(undefined, 'object'))
  each(linux, 'cellsOf stringList textOf', node, need('x'))
  add('parseFlattened', linux.parseFlattened, need(blob), need('x'))
  add('liveTree', linux.liveTree, need('/none'), files)
  add('readDeviceTree', linux.readDeviceTree, need(join(folder, 'none')))

  const system = systemAt(folder)
  const known = await inventory.readInventory(system)
  add('readInventory', inventory.readInventory, may(system))
  add('readTreeInventory', inventory.readTreeInventory, need(join(folder, 'none')))
  add('listPlaces', inventory.listPlaces, need(known))
  add('describeAddress', inventory.describeAddress, need(known), need(0), may('memory'))
  add('findRegion', inventory.findRegion, need(known), need(aPlace))
  add('regionsAt', inventory.regionsAt, need(known.memory), need(0))
  add('walk', inventory.walk, need(known.memory))
  add('driverOf', inventory.driverOf, need({ facts: [] }))
  add('lengthOf', inventory.lengthOf, need({ start: 0, last: 1 }))

  const where = may({ root: folder })
  add('translate', translate.translate, need(1), need(0n), where)
  add(
    'translateAll',
    (...args: [never]) => translate.translateAll(...args).mappings(),
    need(1),
    where,
  )
  add('translateKernel', translate.translateKernel, need(0n, 'string'), root)
  add('readPages', translate.readPages, need(1), need(0n), need(4096), where)
  add('owners', translate.owners, need([]), where)
  add(
    'new ProcessTranslator',
    (...args: [never]) => new translate.ProcessTranslator(...args),
    need(1),
    root,
  )
  const translator = new translate.ProcessTranslator(process.pid)
  method('ProcessTranslator', translator, 'translate isHuge', need(0n))
  const index = await translate.OwnerIndex.build({ root: folder })
  method('OwnerIndex', index, 'lookup', need(0))
  const all = (...args: [never]) => new translate.AllTranslation(...args)
  add('new AllTranslation', all, need(1), where)

  add(
    'examine',
    (given: never) => doctor.examine(elsewhere(given)),
    may({ root: folder, selfTest: false }),
  )
  add('examinePlace', doctor.examinePlace, need('0x10', 'object'), may({ root: folder }))
  // What a name is for is messages alone, of what is generated.
  const forMessages = need('x', 'number', 'bigint', 'boolean', 'object', 'array', 'symbol')
  const name = { ...forMessages, optional: true, also: [...(forMessages.also ?? []), 'null'] }
  add('flag', registers.flag, need(true, 'number'), name)
  add('integer', registers.integer, need(1), need(7), name)
  add('longInteger', registers.longInteger, need(1n), need(7n), name)
  add('swapped', registers.swapped, need(1, 'bigint'), need(32))
  each(registers, 'overlap unknownField', need('A'), need('B'))
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

  const diagnosis = await doctor.examine({ root: folder, selfTest: false })
  add('reportText', doctor.reportText, need(diagnosis), need('1'), root)
  const write = (name: never, ...more: [never, never]) =>
    doctor.writeReport(typeof name === 'string' ? join(folder, 'report') : name, ...more)
  add('writeReport', write, need(join(folder, 'report')), need(diagnosis), need('1'), root)
  return rows
}
