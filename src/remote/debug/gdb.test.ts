import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ContractSubject } from '../../memory/contract/index.ts'
import { contract } from '../../memory/contract/index.ts'
import { Program } from '../../memory/program.ts'
import { ReadOnlyMemory } from '../../memory/read-only.ts'
import { openDebugPort } from './index.ts'
import { FakeQemu } from './testing/fake-qemu.ts'
import { FakeServer, type Reply } from './testing/fake-server.ts'

const OF_READS = ' (which matters only where reading has an effect)'

const LIMIT_MS = 5000
const RAM = 0x4000_0000

async function open(server: FakeServer, leave?: 'running' | 'stopped', limitMs = LIMIT_MS) {
  const said: string[] = []
  const reach = { by: 'gdb', at: { path: server.path }, leave } as const
  const memory = await openDebugPort('gdb:board', reach, (text) => said.push(text), limitMs)
  return { memory, said }
}

const raw = (text: string) => Buffer.from(text, 'latin1')

/** Cases of thousands of accesses. */
const MANY = /^(writes and reads|fills with|reads and writes the whole|runs a program of 10,000)/

describe('the contract, at a server that answers as QEMU does', async () => {
  const qemu = new FakeQemu()
  const server = await FakeServer.gdb(qemu.answer)
  const { memory } = await open(server)
  const subject: ContractSubject = {
    ...{ memory, reading: new ReadOnlyMemory(memory), base: RAM, length: 4096 },
    ...{ widths: [8, 16, 32, 64], faultAddress: RAM + 4096 },
  }
  for (const { name, skip, check } of contract) {
    it(name, async (context) => {
      const reason = MANY.test(name) ? 'lab/tests/remote/debug.test.ts has it' : skip?.(subject)
      if (reason !== undefined) context.skip(reason)
      await check(subject)
    })
  }
  it('leaves nothing behind', async () => {
    expect(qemu.physical).toBe(false)
    await server[Symbol.asyncDispose]()
  })
})

describe('QEMU’s GDB server', () => {
  it('is asked for physical addresses, and one packet an access', async () => {
    const qemu = new FakeQemu()
    await using server = await FakeServer.gdb(qemu.answer)
    const { memory, said } = await open(server)
    expect(said).toEqual([
      'gdb:board is QEMU 7.2.22; the machine is left stopped: it was stopped before',
    ])
    const before = server.asked.length
    await memory.write32(RAM, 0x1122_3344)
    await memory.readBlock(RAM, 16, 2)
    const monitor = (line: string) => `qRcmd,${raw(line).toString('hex')}`
    expect(server.asked.slice(before)).toEqual([
      monitor('gpa2hva 0x40000000'),
      'M40000000,4:44332211',
      monitor('xp /1hx 0x40000000'),
      monitor('xp /1hx 0x40000002'),
    ])
    await memory.close()
    expect([qemu.running, qemu.physical]).toEqual([false, false])
    expect(server.asked.at(-1)).toBe('Qqemu.PhyMemMode:0')
  })

  it('is left running where it ran before', async () => {
    const qemu = new FakeQemu()
    qemu.multiprocess = true
    qemu.physical = true
    await using server = await FakeServer.gdb(qemu.answer, 'T02thread:01;')
    const { memory, said } = await open(server)
    expect(said).toEqual(['gdb:board is QEMU 7.2.22; the machine is left running: it ran before'])
    await memory.close()
    expect([qemu.running, qemu.physical]).toEqual([true, true])
    expect(server.asked.slice(-3)).toEqual(['D', 'qC', 'D;01'])
  })

  it('is left as the target says', async () => {
    const qemu = new FakeQemu()
    await using server = await FakeServer.gdb(qemu.answer, 'T02thread:01;')
    const { memory } = await open(server, 'stopped')
    await memory.close()
    expect(qemu.running).toBe(false)
  })

  it('says so where it cannot be left so', async () => {
    const qemu = new FakeQemu()
    await using server = await FakeServer.gdb((packet) =>
      packet.startsWith('D') ? 'E22' : qemu.answer(packet),
    )
    const { memory } = await open(server, 'running')
    await expect(memory.close()).rejects.toMatchObject({
      ...{ code: 'ECONNECTION' },
      message: 'gdb:board: the server did not let the machine run again',
      data: { cure: 'let it run by hand: cont in QEMU’s monitor, resume in that of OpenOCD' },
    })
  })

  it('gives the bytes of a machine whose monitor has another order', async () => {
    const qemu = new FakeQemu()
    qemu.architecture = 'm68k'
    await using server = await FakeServer.gdb(qemu.answer)
    const { memory } = await open(server)
    await memory.write32(RAM, 1)
    expect(await memory.read32(RAM)).toBe(1)
    expect(server.asked.at(-1)).toBe('m40000000,4')
    expect(await memory.read32(RAM + 8)).toBe(0)
    await expect(memory.read32(0)).rejects.toMatchObject({
      message: '32-bit read at 0x00000000 (gdb:board) failed: nothing answered (bus error)',
    })
    await memory.close()
  })
})

/** Knows memory packets alone. */
const other = (answers: Record<string, Reply>) => (packet: string) =>
  packet in answers ? answers[packet] : packet === 'D' ? 'OK' : ''

describe('another GDB server', () => {
  it('is asked for what the CPU takes the address for', async () => {
    await using server = await FakeServer.gdb(
      other({
        qSupported: 'PacketSize=4000;QStartNoAckMode+',
        QStartNoAckMode: 'OK',
        'm10,4': '78563412',
        'm10,8': raw("$0* 80*'#33"),
        'M10,1:7f': ['O6869', 'OK'],
      }),
    )
    const { memory, said } = await open(server)
    expect(said).toEqual([
      'gdb:board is a server of GDB’s protocol; the machine is left running: whether it ran before is not known',
    ])
    expect(await memory.read32(16)).toBe(0x1234_5678)
    expect(await memory.read64(16)).toBe(0x80_0000n)
    await memory.write8(16, 0x7f)
    await memory.close()
    expect(server.asked.at(-1)).toBe('D')
  })

  it.each<[Reply, string, string]>([
    ['E0e', 'EFAULT_BUS', 'the server answered E0e'],
    ['E.not \x1b[0m here', 'EFAULT_BUS', 'the server answered E.not \\u{1b}[0m here'],
    ['', 'EIO', 'the server knows no such packet'],
    ['7856', 'EFAULT_BUS', '2 of 4 bytes came'],
  ])('fails an access: %j', async (reply, code, reason) => {
    await using server = await FakeServer.gdb(other({ 'm10,4': reply, 'm20,4': '00000000' }))
    const { memory } = await open(server)
    await expect(memory.read32(16)).rejects.toMatchObject({
      ...{ code, message: `32-bit read at 0x00000010 (gdb:board) failed: ${reason}` },
      data: { step: 0, address: 16, width: 32, direction: 'read' },
    })
    expect(await memory.read32(32)).toBe(0)
    await memory.close()
  })

  it('fails a store, too', async () => {
    await using server = await FakeServer.gdb(other({ 'M10,2:0100': 'E0e' }))
    const { memory } = await open(server)
    await expect(memory.write16(16, 1)).rejects.toMatchObject({
      ...{ code: 'EFAULT_BUS', data: { direction: 'write', width: 16 } },
      message: '16-bit write at 0x00000010 (gdb:board) failed: the server answered E0e',
    })
    await memory.close()
  })

  const garbage = 'the connection is lost: what came is no answer of a GDB server'
  it.each<[string, Reply, string]>([
    ['no digits', 'zz', `${garbage} (no bytes of memory)`],
    ['too many bytes', '0102030405', `${garbage} (more bytes than were asked for)`],
    ['no packet', raw('HTTP/1.1'), `${garbage} (the byte 0x48 in place of a packet: HTTP/1.1)`],
    ['a refusal', raw('-'), `${garbage} (it says that what was sent came damaged)`],
    [
      'a long packet',
      raw(`$${'0'.repeat(70_000)}`),
      `${garbage} (a packet of more than 65536 bytes)`,
    ],
    ['many packets', Array(2000).fill('O'), `${garbage} (more than was asked for)`],
    ['the end', 'W00', 'the connection is lost: the machine has ended'],
  ])('is trusted in nothing: %s', async (_, reply, why) => {
    await using server = await FakeServer.gdb(other({ 'm10,4': reply }))
    const { memory } = await open(server)
    await expect(memory.read32(16)).rejects.toMatchObject({
      ...{
        code: 'ECONNECTION',
        message: `gdb:board: ${why}; it is not known whether it was done${OF_READS}`,
      },
    })
    await expect(memory.read32(16)).rejects.toMatchObject({ code: 'ECONNECTION' })
    expect(server.asked.filter((one) => one === 'm10,4')).toHaveLength(1)
    await memory.close()
  })

  it('is asked for a damaged answer again, some times', async () => {
    await using server = await FakeServer.gdb(
      other({ 'm10,4': Buffer.concat([raw('$01000000#00$01000000#00'), raw('$01000000#81')]) }),
    )
    const { memory } = await open(server)
    expect(await memory.read32(16)).toBe(1)
    await memory.close()
    await using bad = await FakeServer.gdb(other({ 'm10,4': raw('$01000000#00'.repeat(4)) }))
    const { memory: worse } = await open(bad)
    await expect(worse.read32(16)).rejects.toMatchObject({
      message: `gdb:board: ${garbage} (a packet whose checksum is wrong); it is not known whether it was done${OF_READS}`,
    })
    await worse.close()
  })

  it('that falls silent is lost, with an account of what is known', async () => {
    await using server = await FakeServer.gdb(
      other({ 'm10,4': '01000000', 'M20,4:02000000': undefined }),
    )
    const { memory } = await open(server, 'stopped', 200)
    const program = new Program([
      { op: 'read', address: 16, width: 32 },
      { op: 'write', address: 32, width: 32, value: 2 },
      { op: 'read', address: 16, width: 32 },
    ])
    const error = await memory.run(program).catch((reason) => reason)
    expect(error).toMatchObject({
      ...{ code: 'ECONNECTION', data: { step: 1 } },
      message:
        'gdb:board: the connection is lost: a GDB server has not answered within 0.2 s; 1 step of 3 known to be done; whether step 1 was done is not known, those after it were not begun',
    })
    expect(error.results.value(0)).toBe(1)
    await memory.close()
  })

  it('whose connection ends is lost', async () => {
    await using server = await FakeServer.gdb((packet) => {
      if (packet === 'm10,4') server.cut()
      return other({})(packet)
    })
    const { memory } = await open(server)
    await expect(memory.read32(16)).rejects.toMatchObject({
      message: expect.stringMatching(
        /^gdb:board: the connection is lost: .*; it is not known whether it was done \(which matters only where reading has an effect\)$/,
      ),
    })
    await memory.close()
  })

  it.each<[string, Reply, string]>([
    [
      'SSH',
      raw('SSH-2.0-OpenSSH_9.2\r\n'),
      `${garbage} (the byte 0x53 in place of a packet: SSH-2.0-OpenSSH_9.2)`,
    ],
    ['nothing', undefined, 'the connection is lost: a GDB server has not answered within 0.2 s'],
  ])('is none that says %s', async (_, greeting, why) => {
    await using server = await FakeServer.gdb(() => undefined, greeting)
    await expect(open(server, undefined, 200)).rejects.toMatchObject({
      ...{ code: 'ECONNECTION', message: `gdb:board: ${why}` },
      data: {
        cure: `let a GDB server (OpenOCD, or QEMU with -gdb unix:${server.path},server=on,wait=off) be there, and nobody else be connected to it; if it is QEMU’s monitor, name it as such: --target qmp:${server.path}`,
      },
    })
  })

  it('cleans no caches', async () => {
    await using server = await FakeServer.gdb(other({}))
    const { memory } = await open(server)
    const step = { op: 'cache', action: 'clean', address: 0, length: 64 } as const
    await expect(memory.run(new Program([step]))).rejects.toMatchObject({
      ...{ code: 'EUSAGE', message: 'gdb:board is a debug port: it cleans and flushes no caches' },
    })
    await memory.close()
  })

  it('that answers any bytes gives values or errors, and ends', async () => {
    const piece = fc.oneof(
      fc.constantFrom('$', '#', '+', '-', '%', '*', '}', '00', 'OK', 'E01', 'T05', 'O41').map(raw),
      fc
        .constantFrom('', 'OK', '1', '01000000', 'E01', 'T05', 'O4f', 'O', 'l', 'QC1')
        .map((one) => one),
      fc.uint8Array({ maxLength: 20 }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 12 }), async (replies) => {
        let at = 0
        await using server = await FakeServer.gdb(() => replies[at++ % replies.length])
        const work = async () => {
          const { memory } = await open(server, undefined, 20)
          try {
            await memory.run(new Program([{ op: 'read', address: 16, width: 32 }]))
          } finally {
            await memory.close()
          }
        }
        const code = await work().then(
          () => 'done',
          (error) => error.code,
        )
        expect(['done', 'ECONNECTION', 'EFAULT_BUS', 'EIO']).toContain(code)
      }),
      { numRuns: 30 },
    )
  })
})

describe('a debug port that is not there', () => {
  it('says what to do', async () => {
    const none = openDebugPort('gdb:none', { by: 'gdb', at: { path: '/none' } })
    await expect(none).rejects.toMatchObject({
      ...{ code: 'ECONNECTION', message: 'gdb:none: there is no such socket (ENOENT)' },
      data: {
        cure: 'QEMU serves there when it is started with -gdb unix:/none,server=on,wait=off',
      },
    })
    const at = { host: '127.0.0.1', port: 1 }
    const closed = openDebugPort('qmp://127.0.0.1:1', { by: 'qmp', at })
    await expect(closed).rejects.toMatchObject({
      ...{ message: 'qmp://127.0.0.1:1: nobody listens there (ECONNREFUSED)' },
      data: {
        cure: 'QEMU serves there when it is started with -qmp tcp:127.0.0.1:1,server=on,wait=off',
      },
    })
    const nowhere = openDebugPort('gdb:x', { by: 'gdb', at: { host: 'none.invalid', port: 1 } })
    await expect(nowhere).rejects.toMatchObject({
      data: { cure: 'give a name that this machine can look up, or the address of the host' },
    })
  })

  it('may be at a port of a host', async () => {
    await using server = await FakeServer.gdb(other({ 'm10,4': '01000000' }))
    const { server: listener, ...at } = await server.port()
    const memory = await openDebugPort('gdb:tcp', { by: 'gdb', at })
    expect(await memory.read32(16)).toBe(1)
    await memory.close()
    await new Promise((resolve) => listener.close(resolve))
  })
})
