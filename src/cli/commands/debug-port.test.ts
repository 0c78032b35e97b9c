/** Commands on a debug port: what they print, and what they refuse. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connect } from '../../face/connect.ts'
import { monitorOf } from '../../remote/debug/testing/fake-monitor.ts'
import { FakeQemu } from '../../remote/debug/testing/fake-qemu.ts'
import { FakeServer } from '../../remote/debug/testing/fake-server.ts'
import { run } from '../testing/run.ts'

const qemu = new FakeQemu()
let server: FakeServer
let target: string
beforeAll(async () => {
  server = await FakeServer.gdb(qemu.answer)
  target = `gdb:${server.path}`
})
afterAll(() => server[Symbol.asyncDispose]())

const on = (line: string) => run(`-t ${target} ${line}`, { unicode: false })

describe('a debug port', () => {
  it('is read and written', async () => {
    expect(await on('write -q 0x40000010=0x11223344')).toEqual({ code: 0, out: '', err: '' })
    expect(await on('read -q 0x40000010:31:16')).toEqual({ code: 0, out: '0x1122\n', err: '' })
    expect(await on('read -v -q 0x40000010')).toEqual({
      ...{ code: 0, out: '0x11223344\n' },
      err: `physmem: ${target} is QEMU 7.2.22; the machine is left stopped: it was stopped before\n`,
    })
    expect(await on('read 0x10')).toEqual({
      ...{ code: 1, out: '' },
      err: 'physmem: 32-bit read at 0x00000010 failed: nothing answered (bus error)\n',
    })
  })

  it('has registers at fixed addresses', async () => {
    expect(await on('write -q pl011@0x40000000.IBRD=5')).toMatchObject({ code: 0, err: '' })
    expect(await on('read -q pl011@0x40000000.IBRD')).toMatchObject({
      code: 0,
      out: '0x00000005\n',
    })
  })

  it.each([
    [
      'map',
      'nothing tells what is at which address: the target is "TARGET", and a debug port has plain addresses only\n  hint: a description of the chip or a board file has names, and dtb:FILE a map',
    ],
    ['read pid:1:0', 'pid:1:0x0 is not at a debug port: it has plain addresses only'],
    [
      'doctor 0x10',
      '0x10 is not examined at a debug port, but the target is "TARGET"\n  hint: leave it out; an access that fails says why',
    ],
    [
      'translate 1 0',
      'translate works on this machine and through an agent only, but the target is "TARGET": a debug port has no processes and no page tables\n  hint: leave out --target',
    ],
    [
      'cache flush 0x40000000..+64',
      'cache works on this machine and through an agent only, but the target is "TARGET": a debug port has no caches\n  hint: leave out --target',
    ],
  ])('refuses %s', async (line, why) => {
    const before = server.asked.length
    expect(await on(line)).toEqual({
      ...{ code: 2, out: '' },
      err: `physmem: ${why.replace('TARGET', target)}\n`,
    })
    expect(server.asked).toHaveLength(before)
  })

  it('is examined by doctor, which accesses nothing', async () => {
    const before = server.asked.length
    expect(await on('doctor')).toEqual({
      ...{ code: 0, err: '' },
      out: [
        `a debug port (${target}): QEMU 7.2.22`,
        '',
        'ok  addresses              works: they are physical',
        'ok  width of an access     works: kept, but QEMU makes several where the device takes no such width',
        'ok  writes                 works: one packet each',
        'ok  where nothing answers  works: an access fails; a store that the device refuses may be lost',
        'ok  the machine            works: stands still meanwhile, and is left stopped: it was stopped before',
        'ok  updates                works: a load and a store, with trips between',
        'ok  waits                  works: a trip for each look',
        '',
      ].join('\n'),
    })
    const asked = server.asked
      .slice(before)
      .map((one) => Buffer.from(one.slice(6), 'hex').toString())
    expect(asked.filter((one) => one.startsWith('xp'))).toEqual([])
    expect(JSON.parse((await on('doctor --json')).out)).toMatchObject({
      ...{ target, server: 'QEMU 7.2.22' },
    })
  })

  it('has no writes where it is a monitor, and doctor says none of them', async () => {
    await using monitor = await monitorOf(new FakeQemu())
    const { out } = await run(`doctor -t qmp:${monitor.path}`, { unicode: false })
    expect(out.split('\n').slice(2)).toEqual([
      'ok  addresses              works: they are physical',
      'ok  width of an access     works: kept, but QEMU makes several where the device takes no such width',
      'NO  writes                 refused: QEMU’s monitor has no store to physical memory',
      '     cure     start QEMU with -gdb unix:SOCKET,server=on,wait=off, too, and write with --target gdb:SOCKET',
      'ok  where nothing answers  works: a read fails',
      'ok  the machine            works: runs on meanwhile',
      'ok  waits                  works: a trip for each look',
      '',
    ])
  })

  it('tells a program no more than it knows', async () => {
    await using board = await connect(target)
    await expect(board.map()).rejects.toMatchObject({ code: 'EUSAGE' })
    const memory = await board.open()
    await memory.write32(0x4000_0020, 7)
    expect(await memory.read32(0x4000_0020)).toBe(7)
  })
})
