/**
 * Registers by name on an arm64 board, with no description given: aliases of its device tree say where
 * they are, `compatible` says what. QEMU's devices say which accesses they saw.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { withAliases } from '../../by-hand/recording/aliases.ts'
import { accessesOf } from '../../machine/accesses.ts'
import { labTitle, labUnavailable } from '../../machine/available.ts'
import { type Machine, startMachine } from '../../machine/machine.ts'
import { type Outcome, physmem, printed } from '../../machine/physmem.ts'

const UART = 0x09000000
const regions = { pl011: UART, pl031: 0x09010000, pl061: 0x09030000 }
/** The last identification register of the clock. */

const reason = labUnavailable('aarch64', '6.12')
describe.skipIf(reason)(labTitle('registers by name on an arm64 board', reason), () => {
  let machine: Machine

  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'physmem-aliases-'))
    try {
      machine = await startMachine({
        arch: 'aarch64',
        series: '6.12',
        append: 'iomem=relaxed',
        memoryMb: 768,
        devices: await withAliases(folder, ['-m', '768']),
      })
    } finally {
      await rm(folder, { recursive: true })
    }
    // The kernel prints nothing meanwhile, so that all accesses of the serial port are ours.
    expect((await machine.exec('dmesg -n 1 && sleep 1')).exitCode).toBe(0)
  })

  afterAll(() => machine?.stop())

  /** What a command printed, and the accesses that it made. */
  async function traced(commandLine: string): Promise<{ outcome: Outcome; seen: string[] }> {
    let outcome: Outcome = printed()
    const seen = await accessesOf(machine, regions, async () => {
      outcome = await physmem(machine, commandLine)
    })
    return { outcome, seen }
  }

  it('reads serial0.FR by one load, and says what its bits mean', async () => {
    expect(await traced('read serial0.FR')).toEqual({
      outcome: printed(
        'serial0.FR  0x00000090',
        '  RI    8  0  (Ring indicator)',
        '  TXFE  7  1  empty',
        '  RXFF  6  0  not_full',
        '  TXFF  5  0  not_full',
        '  RXFE  4  1  empty',
        '  BUSY  3  0  idle',
        '  DCD   2  0  (Data carrier detect)',
        '  DSR   1  0  (Data set ready)',
        '  CTS   0  0  (Clear to send)',
      ),
      seen: ['pl011 read 0x18, 32 bits: 0x90'],
    })
  })

  it('waits for a value by its name', async () => {
    const { outcome, seen } = await traced('wait serial0.FR:TXFE=empty --timeout 50ms')
    expect(outcome).toMatchObject({ stderr: '', exitCode: 0 })
    expect(seen).toEqual(['pl011 read 0x18, 32 bits: 0x90'])
  })

  it('masks two interrupts by one load and one store', async () => {
    // Of the kernel's driver, which would take each character that comes.
    const [before = 0] = await machine.xp(UART + 0x38, 32)
    const wanted = before & ~0x50
    const { outcome, seen } = await traced('write serial0.IMSC:RX=0 serial0.IMSC:RT=0')
    expect(outcome).toMatchObject({ stderr: '', exitCode: 0 })
    expect(seen).toEqual([
      `pl011 read 0x38, 32 bits: 0x${before.toString(16)}`,
      `pl011 write 0x38, 32 bits: 0x${wanted.toString(16)}`,
    ])
  })

  it('leaves a character in the FIFO when all is read, and takes it when DR is', async () => {
    machine.typeConsole('x')
    await expect.poll(() => machine.xp(UART + 0x18, 32)).toEqual([0x80])

    const { outcome, seen } = await traced('read serial0')
    expect(outcome.stderr).toBe(
      'physmem: 2 registers were not read: serial0.ICR (it is write-only); serial0.DR (reading changes it)\n',
    )
    const offsets = seen.map((line) => /^pl011 read (0x[0-9a-f]+), 32 bits/.exec(line)?.[1])
    expect(offsets).toEqual([
      ...['0x4', '0x18', '0x20', '0x24', '0x28', '0x2c', '0x30', '0x34', '0x38', '0x3c', '0x40'],
      ...['0x48', '0xfe0', '0xfe4', '0xfe8', '0xfec', '0xff0', '0xff4', '0xff8', '0xffc'],
    ])
    expect(await machine.xp(UART + 0x18, 32)).toEqual([0x80])

    expect(await traced('read serial0.DR:DATA')).toEqual({
      outcome: {
        ...printed('serial0.DR:DATA  0x78  in 0x00000078'),
        stderr: 'physmem: serial0.DR: reading changes it\n',
      },
      seen: ['pl011 read 0x0, 32 bits: 0x78'],
    })
    expect(await machine.xp(UART + 0x18, 32)).toEqual([0x90])
  })

  it('clears one interrupt by one store, and reads nothing for it', async () => {
    machine.typeConsole('y')
    await expect.poll(() => machine.xp(UART + 0x18, 32)).toEqual([0x80])
    const [before = 0] = await machine.xp(UART + 0x3c, 32)
    expect(before & 0x10).toBe(0x10)

    expect(await traced('write serial0.ICR:OE=1')).toEqual({
      outcome: printed(),
      seen: ['pl011 write 0x44, 32 bits: 0x400'],
    })
    expect(await machine.xp(UART + 0x3c, 32)).toEqual([before])

    expect(await traced('write serial0.ICR:RX=1')).toEqual({
      outcome: printed(),
      seen: ['pl011 write 0x44, 32 bits: 0x10'],
    })
    expect(await machine.xp(UART + 0x3c, 32)).toEqual([before & ~0x10])
    await physmem(machine, 'read serial0.DR')
  })

  it('changes one field by one load and one store', async () => {
    const [before = 0] = await machine.xp(UART + 0x34, 32)
    const wanted = (before & ~0x38) | (4 << 3)
    const { seen } = await traced('write serial0.IFLS:RXIFLSEL=seven_eighths')
    expect(seen).toEqual([
      `pl011 read 0x34, 32 bits: 0x${before.toString(16)}`,
      `pl011 write 0x34, 32 bits: 0x${wanted.toString(16)}`,
    ])
    expect(await machine.xp(UART + 0x34, 32)).toEqual([wanted])
    await physmem(machine, `write serial0.IFLS=${before}`)
  })

  it('reads registers of several devices in one command, once each', async () => {
    const { outcome, seen } = await traced('read rtc0.DR gpio0.DIR -q')
    expect(outcome).toMatchObject({ stderr: '', exitCode: 0 })
    const [seconds = '', direction] = outcome.stdout.trim().split('\n')
    expect(Math.abs(Number(seconds) - Date.now() / 1000)).toBeLessThan(30)
    expect(direction).toBe('0x00000000')
    expect(seen).toEqual([
      `pl031 read 0x0, 32 bits: 0x${Number(seconds).toString(16)}`,
      'pl061 read 0x400, 32 bits: 0x0',
    ])
  })
})
