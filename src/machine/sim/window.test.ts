import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { PhysmemError } from '../../base/errors.ts'
import { keepsModel } from '../../engine/testing/window-model.ts'
import { VirtualClock } from '../../memory/clock.ts'
import { openSim } from '../../memory/sim/index.ts'
import { type MapWindowOptions, mapWindow } from '../../open.ts'

function said(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    if (error instanceof PhysmemError) return `${error.code} ${error.message}`
    throw error
  }
  throw new Error('nothing was thrown')
}

const DEMO = 0x1000_0000

async function open(address = DEMO, length = 0x1000) {
  const clock = new VirtualClock()
  const sim = await openSim('', { clock, record: true })
  return { clock, sim, window: await mapWindow({ target: sim, address, length }) }
}

describe('a window on a simulated board', () => {
  it('makes one access of its width for each, which the board sees', async () => {
    const { sim, window } = await open()
    expect(window.read32(0)).toBe(0x5048_4d31)
    window.write32(8, 0xdead_beef)
    expect(window.update32(8, 0xff, 0x12)).toEqual({ old: 0xdead_beef, written: 0xdead_be12 })
    expect(sim.board.accesses).toEqual([
      { direction: 'read', address: DEMO, width: 32, value: 0x5048_4d31 },
      { direction: 'write', address: DEMO + 8, width: 32, value: 0xdead_beef },
      { direction: 'read', address: DEMO + 8, width: 32, value: 0xdead_beef },
      { direction: 'write', address: DEMO + 8, width: 32, value: 0xdead_be12 },
    ])
    expect(sim.board.peek('demo.SCRATCH')).toBe(0xdead_be12n)
  })

  it('is named by a place, too', async () => {
    using window = await mapWindow('sim:', { address: DEMO, length: 64 })
    expect(window.read32(0)).toBe(0x5048_4d31)
    using same = await mapWindow({ place: 'sim:', target: 'sim:', address: DEMO, length: 64 })
    expect(same.name).toBe('sim:')
    const two = mapWindow('sim:', { target: 'local', address: 0, length: 4 })
    await expect(two).rejects.toMatchObject({
      code: 'EUSAGE',
      message: 'sim: is a target, but another one is given: leave out one of them',
    })
  })

  it('has the time of the board', async () => {
    const { window, clock } = await open()
    window.write32(0x20, 0x80)
    expect(window.read32(0x20)).toBe(0x80)
    expect(said(() => window.wait32(0x20, { mask: 0x80, equals: 0, timeoutMs: 5 }))).toMatch(
      /^ETIMEOUT wait at 0x10000020 \(sim:\) timed out after 5 ms: \(0x80 & 0x80\) is not 0x0/,
    )
    expect(clock.nowUs()).toBeGreaterThanOrEqual(5000)
    const { value, elapsedUs } = window.wait32(0x20, { mask: 0x80, equals: 0, intervalUs: 500 })
    expect([value, elapsedUs]).toEqual([0, 15_000])
  })

  it('pauses on the clock of this machine, too', async () => {
    using window = await mapWindow({ target: 'sim:', address: DEMO, length: 64 })
    window.write32(0x20, 0x80)
    const { value, elapsedUs } = window.wait32(0x20, { mask: 0x80, equals: 0, intervalUs: 3000 })
    expect(value).toBe(0)
    expect(elapsedUs).toBeGreaterThanOrEqual(19_000)
  })

  it('moves blocks, rising and fixed, and says how far one came', async () => {
    const { sim, window } = await open()
    window.writeBlock(0x28, 32, Uint8Array.of(1, 0, 0, 0, 2, 0, 0, 0), 'fixed')
    expect(window.readBlock(0x28, 32, 2, 'fixed')).toEqual(Uint8Array.of(1, 0, 0, 0, 2, 0, 0, 0))
    expect(said(() => window.readBlock(0x34, 32, 4))).toBe(
      'EFAULT_BUS 32-bit read at 0x1000003c (sim:) failed: demo.BROKEN answers every access with a bus error; 2 of 4 elements were read',
    )
    expect(sim.board.accesses.at(-1)).toMatchObject({ address: DEMO + 0x3c, fault: true })
    const uart = await mapWindow({ target: sim, address: 0x0900_0000, length: 0x1000 })
    uart.writeBlock(0, 8, Buffer.from('Hello'), 'fixed')
    expect(sim.board.text('uart0.DR')).toBe('Hello')
  })

  it('turns what the board faults on into the errors of a memory, and goes on', async () => {
    const { window } = await open()
    const { window: rom } = await open(0, 64)
    expect(said(() => window.read8(0))).toBe(
      'EFAULT_BUS 8-bit read at 0x10000000 (sim:) failed: demo answers accesses of 32 bits only (bus error)',
    )
    expect(said(() => rom.write64(8, 1n))).toBe(
      'EFAULT_BUS 64-bit write at 0x00000008 (sim:) failed: boot is read-only (bus error)',
    )
    expect(window.read32(4)).toBe(0x0001_0002)
    const { window: nothing } = await open(0x7000_0000, 8)
    expect(said(() => nothing.read32(0))).toBe(
      'EFAULT_BUS 32-bit read at 0x70000000 (sim:) failed: nothing answered (bus error)',
    )
    expect(said(() => nothing.wait32(0, { equals: 0 }))).toMatch(/^EFAULT_BUS /)
  })

  it('refuses before the board is touched', async () => {
    const { sim, window } = await open(DEMO + 4, 0x30)
    expect(said(() => window.read32(2))).toBe(
      'EALIGN 0x10000006 (sim:) is not a multiple of 4: a 32-bit access would not be one access',
    )
    expect(said(() => window.read64(0))).toMatch(/^EALIGN /)
    expect(said(() => window.write32(0x30, 1))).toBe(
      'ERANGE offset 0x30 is not inside the window: a 32-bit access needs 0x0 to 0x2c',
    )
    expect(said(() => window.writeBlock(-1, 8, new Uint8Array(4)))).toBe(
      'ERANGE offset -1 is not inside the window: an 8-bit access needs 0x0 to 0x2f',
    )
    expect(said(() => window.write32(0, 2 ** 32))).toMatch(/^EVALUE /)
    expect(said(() => window.readBlock(0, 32, 13))).toMatch(/^ERANGE /)
    using readOnly = await mapWindow({ target: sim, address: DEMO, length: 64, mode: 'read' })
    expect(said(() => readOnly.write32(8, 1))).toBe('EREADONLY sim: was opened for reading only')
    expect(said(() => readOnly.update32(8, 1, 1))).toMatch(/^EREADONLY /)
    window.close()
    expect(said(() => window.read32(0))).toBe('ECLOSED sim: is closed')
    expect(said(() => window.fence())).toBe('ECLOSED sim: is closed')
    expect(sim.board.accesses).toEqual([])
    expect(inspect(readOnly, { depth: 0 })).not.toContain('NativeWindow')
  })

  it.each([
    [
      { target: 'sim:', place: 'pci:0:4.0/bar0', length: 4 },
      'ESCHEME pci:0000:00:04.0/bar0 is not',
    ],
    [{ target: 'sim', address: 0, length: 4 }, 'ESCHEME "sim" is not a target'],
    [{ target: 'sim:', address: 0, length: 0 }, 'ERANGE a window of 0 bytes: '],
    [{ target: 'sim:', length: 4, address: -4 }, 'ERANGE a window at -4: '],
    [
      { target: 'sim:', address: 0 },
      'EUSAGE mapWindow: a window on a simulated board needs an address and a length, such as { address: 0x10000000, length: 0x20 }',
    ],
    [
      { target: 'sim:', address: 0, length: 4, access: 'typed' },
      "EUSAGE access: 'typed' is for memory that is",
    ],
  ] as const)('is refused as %j', async (options, message) => {
    const error = await mapWindow(options as MapWindowOptions).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(PhysmemError)
    const { code, message: text } = error as PhysmemError
    expect(`${code} ${text}`).toContain(message)
  })

  it('is closed with the board, as every later use of that is refused', async () => {
    const { sim, window } = await open()
    const earlier = await mapWindow({ target: sim, address: DEMO, length: 64 })
    earlier.close()
    await sim.close()
    const closed = 'ECLOSED sim: is closed'
    for (const act of [
      () => window.read32(0),
      () => window.read32(1),
      () => window.write32(8, 1),
      () => window.wait32(0, { equals: 0 }),
      () => window.readBlock(0, 32, 1),
      () => window.fence(),
    ]) {
      expect(said(act)).toBe(closed)
    }
    await expect(sim.read32(DEMO)).rejects.toMatchObject({ code: 'ECLOSED' })
    await expect(mapWindow({ target: sim, address: DEMO, length: 64 })).rejects.toMatchObject({
      ...{ code: 'ECLOSED', message: 'sim: is closed' },
    })
    window.close()
    expect(sim.board.accesses).toEqual([])
  })

  it('needs a clock that can block', async () => {
    const clock = { nowUs: () => 0, sleepUs: async () => {} }
    await using sim = await openSim(undefined, { clock })
    await expect(mapWindow({ target: sim, address: 0, length: 4 })).rejects.toMatchObject({
      code: 'EUSAGE',
      message: 'a window waits in one call: the clock of sim: needs blockUs for that',
    })
  })

  it('reads and writes RAM as a model of it does, at every width and offset', async () => {
    const { window } = await open(0x4000_0000 + 8, 64)
    keepsModel(window, 50, (model) => expect(window.readBlock(0, 8, 64)).toEqual(model))
  })
})
