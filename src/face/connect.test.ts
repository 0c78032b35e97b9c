import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { connect, open } from '../index.ts'
import { FakeRoot } from '../linux/testing/fake-root.ts'
import { openSim } from '../memory/sim/index.ts'
import { machineOf } from './connect.ts'
import { Here } from './local.ts'

const folder = mkdtempSync(join(tmpdir(), 'physmem-connect-'))
afterAll(() => rmSync(folder, { recursive: true }))
const file = join(folder, 'bytes.bin')
writeFileSync(file, new Uint8Array(4096))

const DEMO = 0x1000_0000
const closed = expect.objectContaining({ code: 'ECLOSED' })

describe('a simulated board, connected', () => {
  it('is one board, whatever opens it', async () => {
    await using machine = await connect('sim:')
    const memory = await machine.open()
    using window = await machine.window({ address: DEMO, length: 64 })
    await memory.write32(DEMO + 8, 0x2a)
    expect(window.read32(8)).toBe(0x2a)
    expect(machine.target).toBe('sim:')
  })

  it('says what is where, and what can be named', async () => {
    await using machine = await connect('sim:')
    const { memory, board } = await machine.map()
    expect(board).toBe('sim:')
    expect(memory.map(({ name }) => name)).toContain('demo')
    const places = await machine.list()
    expect(places.find(({ address }) => address === DEMO)?.name).toMatch(/^demo\./)
  })

  it('is examined without an access', async () => {
    await using machine = await connect('sim:')
    const found = await machine.doctor('0x10000008', { width: 32 })
    expect([found.read.verdict, found.write.verdict]).toEqual(['works', 'works'])
    const broken = await machine.doctor('0x1000003c')
    expect(broken.read.error?.message).toMatch(/ would fail: demo\.BROKEN /)
    await machine.doctor('0x10000038')
    const memory = await machine.open()
    expect(await memory.read32(DEMO + 8)).toBe(0)
    expect(await memory.read32(DEMO + 0x38)).toBe(0)
  })

  it('has no processes', async () => {
    await using machine = await connect('sim:')
    const none =
      'works on this machine and through an agent only, but the target is "sim:": a simulated board has no processes'
    await expect(machine.translate(1, 0n)).rejects.toMatchObject({
      ...{ code: 'EUSAGE', message: `translate ${none} and no page tables` },
    })
    await expect(machine.owners([0])).rejects.toMatchObject({
      ...{ code: 'EUSAGE', message: `owners ${none}` },
    })
  })

  it('has no processes at a debug port either', async () => {
    const none =
      'works on this machine and through an agent only, but the target is "gdb:/none": a debug port has no processes'
    await using machine = machineOf('gdb:/none')
    await expect(machine.translate(1, 0n)).rejects.toMatchObject({
      ...{ code: 'EUSAGE', message: `translate ${none} and no page tables` },
    })
    await expect(machine.owners([0])).rejects.toMatchObject({
      ...{ code: 'EUSAGE', message: `owners ${none}` },
    })
  })

  it('closes what it opened, and leaves a board that was given', async () => {
    const machine = await connect('sim:')
    const [memory, bytes] = [await machine.open(), await machine.open(`file:${file}`)]
    const window = await machine.window('0', { address: DEMO, length: 64 })
    await machine.close()
    await expect(memory.read32(DEMO)).rejects.toEqual(closed)
    await expect(bytes.read32(0)).rejects.toEqual(closed)
    expect(() => window.read32(0)).toThrow(closed)
    const refused = { code: 'ECLOSED', message: 'the machine sim: is closed' }
    for (const act of [
      () => machine.open(),
      () => machine.open(`file:${file}`),
      () => machine.map(),
      () => machine.list(),
      () => machine.doctor('0x10000008'),
      () => machine.describe(),
    ]) {
      await expect(act()).rejects.toMatchObject(refused)
    }

    await using sim = await openSim()
    const other = await connect(sim)
    expect(await other.open()).toBe(sim)
    await other.close()
    expect(await sim.read32(DEMO)).toBe(0x5048_4d31)
  })

  it.each<[() => Promise<unknown>, string, string]>([
    [
      async () => (await connect('sim:')).window('0x0'),
      'EUSAGE',
      'window: a window on a simulated board needs an address and a length, such as { address: 0x10000000, length: 0x20 }',
    ],
    [
      async () => (await connect('sim:')).open('pci:0:4.0/bar0'),
      'ESCHEME',
      'pci:0000:00:04.0/bar0 is not on a simulated board: it has plain addresses only',
    ],
    [
      async () => (await connect('sim:')).open('sim:'),
      'ESCHEME',
      '"sim:" is a target, not a place in one: connect("sim:") opens it',
    ],
    [
      async () => (await connect('local')).open('local:0x10'),
      'ESCHEME',
      '"local:0x10" is a target, not a place in one: connect("local") opens it',
    ],
    [
      () => connect('smi:'),
      'ESCHEME',
      '"smi:" is not a target: expected local, sim: (a simulated board), sim:FILE, ssh://HOST, sudo:, unix:SOCKET, serial:DEVICE[,BAUD], exec:COMMAND, gdb://HOST:PORT, gdb:SOCKET, qmp://HOST:PORT, qmp:SOCKET or, in commands, @GROUP of a board file, did you mean sim:?',
    ],
    [
      () => connect(join('sim:', folder, 'none.yaml')),
      'ENOPLACE',
      `there is no file ${folder}/none.yaml: expected the YAML description of a board`,
    ],
  ])('refuses what it cannot do: %#', async (act, code, message) => {
    await expect(act()).rejects.toMatchObject({ code, message })
  })
})

describe('this machine, connected', () => {
  it('opens memories and windows, and closes them', async () => {
    const machine = await connect('local')
    const memory = await machine.open(`file:${file}`)
    const window = await machine.window(`file:${file}`, { length: 64 })
    window.write32(0, 7)
    expect(await memory.read32(0)).toBe(7)
    window.close()
    await machine.close()
    await expect(memory.read32(0)).rejects.toEqual(closed)
    expect(machine.target).toBe('local')
  })

  it('opens nothing when it is closed', async () => {
    const machine = await connect('local')
    const board = await machine.describe({ board: 'none' })
    await machine.close()
    await machine.close()
    const refused = { code: 'ECLOSED', message: 'the machine local is closed' }
    for (const act of [
      () => machine.open(`file:${file}`),
      () => machine.window(`file:${file}`),
      () => machine.describe({ board: 'none' }),
      () => machine.allocateBuffer({ length: 4096 }),
      () => machine.bindDriver('0000:00:04.0', 'none'),
      () => machine.openUioDevice(0),
      () => machine.map(),
      () => machine.list(),
      () => machine.doctor(),
      () => machine.doctor('0x0'),
      () => machine.translate(1, 0n),
      () => machine.owners([0]),
      () => board.read(`pl011@file:${file}+0.FR`),
    ]) {
      await expect(act()).rejects.toMatchObject(refused)
    }
  })

  it('closes what was still being opened', async () => {
    const machine = await connect('local')
    const opening = machine.open(`file:${file}`)
    const ended = expect(opening).rejects.toMatchObject({ code: 'ECLOSED' })
    await machine.close()
    await ended
  })

  it('keeps nothing of what the short forms open', async () => {
    await using memory = await open(`file:${file}`, { mode: 'read' })
    await expect(memory.write32(0, 1)).rejects.toMatchObject({ code: 'EREADONLY' })
  })

  it('says what is where, and why not', async () => {
    using root = new FakeRoot().put('proc/iomem', '00001000-00001fff : System RAM\n')
    await using machine = new Here(root.system)
    expect((await machine.map()).memory.map(({ name }) => name)).toEqual(['System RAM'])
    expect((await machine.list()).map(({ place }) => place)).toEqual(['iomem:"System RAM"'])
    expect((await machine.doctor('0x1000')).here[0]?.region.name).toBe('System RAM')
    expect((await machine.doctor()).findings.length).toBeGreaterThan(3)
    await expect(machine.bindDriver('0:6.0', 'none')).rejects.toMatchObject({ code: 'ENOPLACE' })
    await expect(machine.openUioDevice(0)).rejects.toMatchObject({ code: 'ENOPLACE' })
    await expect(machine.allocateBuffer({ length: 4096 })).rejects.toMatchObject({
      code: 'EREFUSED_NO_KMOD',
    })
  })

  it('names the addresses that it refuses', async () => {
    using root = new FakeRoot().put('proc/iomem', 'fed00000-fed003ff : HPET 0\n')
    await using machine = new Here(root.system)
    const length = 4
    await expect(machine.window({ address: 2 ** 52, length })).rejects.toMatchObject({
      code: 'ERANGE',
      message:
        "0x10000000000000 is beyond this CPU's memory: its addresses have 52 bits (the last is 0xfffffffffffff)",
    })
    const window = machine.window('iomem:"HPET 0"', { address: 0x3fe, length })
    await expect(window).rejects.toMatchObject({
      ...{ code: 'ERANGE', message: expect.stringContaining('0x3fe to 0x401 is not inside') },
    })
  })

  it('names itself in what it refuses', async () => {
    await using machine = await connect('local')
    await expect(machine.window({} as never)).rejects.toMatchObject({
      code: 'EUSAGE',
      message:
        "window: nothing to map is given: expected a place such as 'pci:0000:00:04.0/bar0', or address and length",
    })
    await expect(machine.window('a', { target: 'sim:' } as never)).rejects.toMatchObject({
      code: 'EUSAGE',
      message: 'window has no option target: there are address, length, place, mode, access',
    })
  })

  it.skipIf(process.arch !== 'x64')('opens registers by number as a memory', async () => {
    using root = new FakeRoot()
      .put(
        'dev/cpu/1/msr',
        Uint8Array.from({ length: 64 }, (_, index) => index),
      )
      .put('sys/kernel/debug/regmap/1-0048/access', '0: y n y n\n')
      .put('sys/kernel/debug/regmap/1-0048/range', '0-0\n')
      .put('sys/kernel/debug/regmap/1-0048/registers', '0: 12\n')
    await using machine = new Here(root.system)
    const registers = await machine.open('msr:cpu1:0', { mode: 'read' })
    expect(await registers.read64(0x1b * 8)).toBe(0x2221_201f_1e1d_1c1bn)
    const chip = await machine.open('regmap:1-0048/0', { mode: 'read' })
    expect(await chip.read32(0)).toBe(0x12)
    await expect(machine.open('msr:0x1b')).rejects.toThrow(
      'msr:0x1b is an address in a memory, not a memory: open "msr:0x0", and access 0xd8 in it',
    )
    await expect(machine.open('file:x+0x10')).rejects.toThrow(
      'file:x+0x10 is an address in a memory, not a memory: open "file:x", and access 0x10 in it',
    )
    await expect(machine.open('0x1000')).rejects.toThrow(
      '0x1000 is an address in a memory, not a memory: open without a place, and access 0x1000 in it',
    )
  })
})
