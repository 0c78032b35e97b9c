import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openDebugPort } from './index.ts'
import { GREETING, monitorOf } from './testing/fake-monitor.ts'
import { FakeQemu } from './testing/fake-qemu.ts'
import { FakeServer } from './testing/fake-server.ts'

const RAM = 0x4000_0000

const open = async (server: FakeServer, limitMs = 5000) => {
  const said: string[] = []
  const reach = { by: 'qmp', at: { path: server.path } } as const
  const memory = await openDebugPort('qmp:board', reach, (text) => said.push(text), limitMs)
  return { memory, said }
}

describe('QEMU’s monitor', () => {
  it('examines memory, one command an access', async () => {
    const qemu = new FakeQemu()
    qemu.memory.writeBigUInt64LE(0x1122_3344_5566_7788n)
    await using server = await monitorOf(qemu)
    const { memory, said } = await open(server)
    expect(said).toEqual(['qmp:board is QEMU 7.2.22'])
    const before = server.asked.length
    expect(await memory.read8(RAM)).toBe(0x88)
    expect(await memory.read16(RAM)).toBe(0x7788)
    expect(await memory.read32(RAM)).toBe(0x5566_7788)
    expect(await memory.read64(RAM)).toBe(0x1122_3344_5566_7788n)
    const lines = server.asked.slice(before).map((one) => JSON.parse(one).arguments['command-line'])
    expect(lines).toEqual(['b', 'h', 'w', 'g'].map((unit) => `xp /1${unit}x 0x40000000`))
    await expect(memory.read32(0)).rejects.toMatchObject({
      ...{ code: 'EFAULT_BUS', data: { step: 0, address: 0, width: 32, direction: 'read' } },
      message: '32-bit read at 0x00000000 (qmp:board) failed: nothing answered (bus error)',
    })
    await memory.close()
  })

  it('is at a port of a host only behind slashes, which is said', async () => {
    for (const [path, port] of [
      ['localhost:4444', 'localhost:4444'],
      ['4444', 'localhost:4444'],
    ] as const) {
      const reach = { by: 'qmp', at: { path } } as const
      await expect(openDebugPort('qmp:board', reach)).rejects.toMatchObject({
        message: 'qmp:board: there is no such socket (ENOENT)',
        data: {
          cure: `QEMU serves there when it is started with -qmp unix:${path},server=on,wait=off; a port of a host has slashes before it: --target qmp://${port}`,
        },
      })
    }
  })

  it('has no store: that is refused before anything is accessed', async () => {
    await using server = await monitorOf(new FakeQemu())
    const { memory } = await open(server)
    const before = server.asked.length
    await expect(memory.update(RAM, 32, 1, 1)).rejects.toMatchObject({
      code: 'EREADONLY',
      message: 'qmp:board is for reading only: QEMU’s monitor has no store to physical memory',
      data: {
        step: 0,
        cure: 'start QEMU with -gdb unix:SOCKET,server=on,wait=off, too, and write with --target gdb:SOCKET',
      },
    })
    expect(server.asked).toHaveLength(before)
    await memory.close()
  })

  it('gives the bytes of a machine with another order', async () => {
    const said = '0000000040000000: 0x11223344\r\n'
    await using server = await monitorOf(new FakeQemu(), {
      architecture: 's390x',
      monitor: () => said,
    })
    const { memory } = await open(server)
    expect([...(await memory.readBlock(RAM, 32, 1))]).toEqual([0x11, 0x22, 0x33, 0x44])
    await memory.close()
  })

  const garbage = 'the connection is lost: what came is no answer of QEMU’s monitor'
  it.each([
    ['hello\n', `${garbage} (a line that is no object: hello)`],
    ['{"QMP": 1}\n', `${garbage} (no greeting)`],
    ['[]\n', `${garbage} (a line that is no object: [])`],
    ['\x1b[31m\n', `${garbage} (a line that is no object: \\u{1b}[31m)`],
    ['x'.repeat(70_000), `${garbage} (a line of more than 65536 bytes)`],
    ['', 'the connection is lost: QEMU’s monitor has not answered within 0.2 s'],
  ])('is not what greets with %#', async (greeting, why) => {
    await using server = await FakeServer.lines(greeting, () => undefined)
    await expect(open(server, 200)).rejects.toMatchObject({
      ...{ code: 'ECONNECTION', message: `qmp:board: ${why}` },
      data: {
        cure: `let QEMU’s monitor (QEMU with -qmp unix:${server.path},server=on,wait=off) be there, and nobody else be connected to it; if it is a GDB server, name it as such: --target gdb:${server.path}`,
      },
    })
  })

  it.each([
    ['{"return": {}, "id": 99}', `${garbage} (an answer to another question)`],
    ['{"id": 1}', `${garbage} (neither a result nor an error)`],
  ])('is not what answers %s', async (answer, why) => {
    await using server = await FakeServer.lines(GREETING, () => `${answer}\n`)
    await expect(open(server)).rejects.toMatchObject({ message: `qmp:board: ${why}` })
  })

  it('says why it refuses a command', async () => {
    const answer = '{"id": 1, "error": {"class": "GenericError", "desc": "not \\u001b here"}}\n'
    await using server = await FakeServer.lines(GREETING, () => answer)
    await expect(open(server)).rejects.toMatchObject({
      ...{ code: 'EIO', message: 'qmp:board: qmp_capabilities failed: not \\u{1b} here' },
    })
  })

  it('that answers anything gives values or errors, and ends', async () => {
    const answer = fc.oneof(
      fc.json(),
      fc.string(),
      fc.record({ id: fc.nat(5), return: fc.jsonValue() }).map((one) => JSON.stringify(one)),
      fc.constantFrom(1, 2, 3).map((id) => `{"id":${id},"return":{"arch":"arm"}}`),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(answer, { minLength: 1, maxLength: 8 }), async (answers) => {
        let at = 0
        await using server = await FakeServer.lines(
          GREETING,
          () => `${answers[at++ % answers.length]}\n`,
        )
        const work = async () => {
          const { memory } = await open(server, 20)
          await memory.read32(RAM).finally(() => memory.close())
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
