/**
 * QEMU's own debug ports: its GDB server and its monitor, which physmem reaches from here, with nothing of
 * it in the guest. QEMU's trace shows the accesses, and another monitor whether the machine runs.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { connect as connectSocket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { run } from '../../../src/cli/testing/run.ts'
import { connect } from '../../../src/face/connect.ts'
import type { ContractSubject } from '../../../src/memory/contract/index.ts'
import { contract } from '../../../src/memory/contract/index.ts'
import { GdbPort } from '../../../src/remote/debug/gdb-port.ts'
import { DebugMemory } from '../../../src/remote/debug/memory.ts'
import { packetOf } from '../../../src/remote/debug/packets.ts'
import { QmpPort } from '../../../src/remote/debug/qmp-port.ts'
import { openEndpoint } from '../../../src/remote/reach/socket-channel.ts'
import { labTitle, machineUnavailable } from '../../machine/available.ts'
import { type Machine, startMachine } from '../../machine/machine.ts'

const folder = mkdtempSync(join(tmpdir(), 'physmem-debug-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const [gdb, qmp] = [`gdb:${join(folder, 'gdb')}`, `qmp:${join(folder, 'qmp')}`]
const ports = [
  ['gdb', gdb],
  ['qmp', qmp],
] as const

/** At the end of the guest's RAM, which is stopped meanwhile: what was there is put back. */
const RAM_BYTES = 8192

const reason = machineUnavailable('aarch64', '6.1')
describe.skipIf(reason)(labTitle('the debug ports of QEMU', reason), () => {
  let machine: Machine

  beforeAll(async () => {
    machine = await startMachine({
      arch: 'aarch64',
      devices: [
        ...['-gdb', `unix:${join(folder, 'gdb')},server=on,wait=off`],
        ...['-qmp', `unix:${join(folder, 'qmp')},server=on,wait=off`],
      ],
      traces: ['memory_region_ops_read', 'memory_region_ops_write'],
    })
  })
  afterAll(() => machine?.stop())

  const status = async () => ((await machine.qmp('query-status')) as { status: string }).status
  /** What holds the machine expects that nobody else lets it run. */
  let isHeld = false
  beforeEach(async () => {
    if (!isHeld && (await status()) !== 'running') await machine.qmp('cont')
  })

  /** Of the UART, by nobody's CPU: what came through the ports. */
  const accesses = (lines: readonly string[]) =>
    lines.flatMap((line) => {
      const [, verb, address, size] =
        /^memory_region_ops_(read|write) cpu -1 .* addr (0x900\w+) value \w+ size (\d) name 'pl011'/.exec(
          line,
        ) ?? []
      return verb === undefined ? [] : [`${verb} ${address} ${Number(size) * 8}`]
    })

  async function traced(line: string, expected: readonly string[]) {
    let out = ''
    const trace = await machine.traced(async () => {
      const outcome = await run(line)
      expect(outcome).toMatchObject({ code: 0, err: '' })
      out = outcome.out
    })
    expect(accesses(trace)).toEqual(expected)
    return out
  }

  it.each(ports)('%s: one read is one access of its width', async (_, target) => {
    for (const width of [8, 16, 32]) {
      const line = `-t ${target} read -q -w ${width} 0x09000fe0`
      expect(Number(await traced(line, [`read 0x9000fe0 ${width}`]))).toBe(0x11)
    }
    const block = ['0x9000fe0', '0x9000fe4', '0x9000fe8'].map((at) => `read ${at} 32`)
    await traced(`-t ${target} read -q 0x09000fe0..+12`, block)
    // The device takes 32 bits at most: QEMU makes two accesses of it, as for its CPUs.
    await traced(`-t ${target} read -q -w 64 0x09000fe0`, block.slice(0, 2))
    await traced(`-t ${target} wait -q 0x09000fe0=0x11`, block.slice(0, 1))
  })

  it('gdb: one write is one access of its width, and an update two', async () => {
    await traced(`-t ${gdb} write -q 0x09000024=5`, ['write 0x9000024 32'])
    await traced(`-t ${gdb} write -q -w 16 0x09000024=6`, ['write 0x9000024 16'])
    await traced(`-t ${gdb} write -q 0x0900002c:3:0=5`, ['read 0x900002c 32', 'write 0x900002c 32'])
    expect(await machine.xp(0x09000024, 32)).toEqual([6])
  })

  it('qmp: refuses a write before anything is accessed', async () => {
    const trace = await machine.traced(async () => {
      expect(await run(`-t ${qmp} write 0x0900002c:3:0=5`)).toMatchObject({
        code: 2,
        out: '',
        err: expect.stringContaining(
          `physmem: ${qmp} is for reading only: QEMU’s monitor has no store to physical memory`,
        ),
      })
    })
    expect(accesses(trace)).toEqual([])
  })

  it.each(ports)('%s: registers have their names', async (_, target) => {
    const out = await traced(`-t ${target} read -q pl011@0x09000000.PeriphID0`, [
      'read 0x9000fe0 32',
    ])
    expect(Number(out)).toBe(0x11)
    await using board = await connect(target)
    const registers = await board.describe({ board: 'none' })
    expect(await registers.read('pl011@0x09000000.PeriphID0')).toMatchObject({ value: 0x11 })
    await expect(board.map()).rejects.toMatchObject({ code: 'EUSAGE' })
  })

  it.each(ports)('%s: an address at which nothing is fails', async (_, target) => {
    const { code, err } = await run(`-t ${target} read 0x7000000000`)
    expect([code, err]).toEqual([
      1,
      `physmem: 32-bit read at 0x7000000000 failed: nothing answered (bus error)\n`,
    ])
  })

  it('gdb: an address at which nothing is takes no store', async () => {
    expect(await run(`-t ${gdb} write 0x7000000000=1`)).toMatchObject({
      code: 1,
      err: `physmem: 32-bit write at 0x7000000000 failed: nothing answered (bus error)\n`,
    })
  })

  it('doctor says what each does and what not', async () => {
    const { out } = await run(`-t ${gdb} doctor`)
    expect(out).toMatch(
      /the machine +works: stands still meanwhile, and is left running: it ran before/,
    )
    expect(await run(`-t ${qmp} doctor -q`)).toMatchObject({
      code: 0,
      out: expect.stringContaining('debug.write refused\n'),
    })
    expect(await status()).toBe('running')
  })

  it('the machine is left as it was found', async () => {
    await run(`-t ${gdb} read 0x09000fe0`)
    expect(await status()).toBe('running')
    await run(`-t ${qmp} read 0x09000fe0`)
    expect(await status()).toBe('running')
    await run(`-t ${gdb}?leave=stopped read 0x09000fe0`)
    expect(await status()).toBe('paused')
    await run(`-t ${gdb} read 0x09000fe0`)
    expect(await status()).toBe('paused')
    await run(`-t ${gdb}?leave=running read 0x09000fe0`)
    expect(await status()).toBe('running')
  })

  it('the machine is left running behind a debugger that spoke of processes', async () => {
    const debuggerSocket = connectSocket(join(folder, 'gdb'))
    debuggerSocket.write(packetOf('qSupported:multiprocess+'))
    await new Promise((resolve) => debuggerSocket.once('data', resolve))
    debuggerSocket.destroy()
    await expect.poll(status).toBe('paused')
    await machine.qmp('cont')
    await run(`-t ${gdb} read 0x09000fe0`)
    expect(await status()).toBe('running')
  })

  it('what is refused of other places and other commands', async () => {
    expect(await run(`-t ${gdb} read pci:0:1.0/bar0`)).toMatchObject({
      code: 2,
      err: 'physmem: pci:0000:00:01.0/bar0 is not at a debug port: it has plain addresses only\n',
    })
    expect(await run(`-t ${gdb} map`)).toMatchObject({ code: 2 })
    expect(await status()).toBe('running')
  })

  /** Where the contract is tried: plain RAM of the guest, which is stopped meanwhile. */
  const base = 0x4000_0000 + (768 << 20) - RAM_BYTES
  const stretch = {
    ...{ base, length: RAM_BYTES, faultAddress: base + RAM_BYTES },
    widths: [8, 16, 32, 64] as const,
  }

  /** Both ports at once: what one of them has. */
  async function openPorts() {
    const limitMs = 30_000
    const open = (which: 'gdb' | 'qmp') => openEndpoint('QEMU', { path: join(folder, which) })
    return {
      stores: await GdbPort.attach(await open('gdb'), { limitMs }),
      loads: await QmpPort.start(await open('qmp'), limitMs),
    }
  }

  /** The monitor has no store: what a case stores goes through the GDB server, its loads do not. */
  function loadsByMonitor({ loads, stores }: Awaited<ReturnType<typeof openPorts>>): DebugMemory {
    return new DebugMemory({
      ...{ name: 'QEMU', server: loads.server, store: stores.store },
      load: (address, width) => loads.load(address, width),
      get isLost() {
        return loads.isLost || stores.isLost
      },
      async leave() {
        await loads.leave()
        await stores.leave()
      },
    })
  }

  interface Opened {
    subject: ContractSubject
    close(): Promise<void>
  }
  const subjects: Record<string, () => Promise<Opened>> = {
    async gdb() {
      const board = await connect(gdb)
      const reading = await board.open(undefined, { mode: 'read' })
      const subject = { ...stretch, reading, memory: await board.open() }
      return { subject, close: () => board.close() }
    },
    async qmp() {
      const ports = await openPorts()
      const [memory, reading] = [loadsByMonitor(ports), new DebugMemory(ports.loads)]
      return { subject: { ...stretch, memory, reading }, close: () => memory.close() }
    },
  }

  describe.each(Object.keys(subjects))('the contract over %s', (way) => {
    let subject: ContractSubject
    beforeAll(async () => {
      isHeld = true
      const opened = await (subjects[way] as () => Promise<Opened>)()
      subject = opened.subject
      const saved = await subject.memory.readBlock(base, 64, RAM_BYTES / 8)
      return () => restored(opened, saved)
    })
    const restored = async (opened: Opened, saved: Uint8Array): Promise<void> => {
      await opened.close()
      await using again = await connect(gdb)
      await (await again.open()).writeBlock(base, 64, saved)
      isHeld = false
    }
    for (const { name, skip, check } of contract) {
      it(name, async (context) => {
        const why = skip?.(subject)
        if (why !== undefined) context.skip(why)
        await check(subject)
      })
    }
  })
})
