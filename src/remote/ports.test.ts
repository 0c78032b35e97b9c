import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { FileOpener } from '../engine/access-file.ts'
import { FakeRoot } from '../linux/testing/fake-root.ts'
import { Program } from '../memory/program.ts'
import { openPorts } from '../ways/port.ts'
import { packed, Reader } from './bytes.ts'
import { agentPorts } from './ports.ts'
import { ASK } from './protocol.ts'
import { Session } from './session.ts'
import { frame, greeting, MadeChannel } from './testing/made-channel.ts'

const EPERM = 1
const ENOSYS = 38

const answer = (errno: number, value?: number) =>
  packed({ u32: errno }, ...(value === undefined ? [] : [{ u32: value }]))

/** A board that has ports, and no /dev/port; `answers` is asked for each use of a port. */
async function board(answers: (what: number, port: number, value: number) => Uint8Array | 'gone') {
  const log: string[] = []
  const channel = new MadeChannel(({ kind, id, payload }, to) => {
    expect(kind).toBe(ASK.port)
    const reader = new Reader(payload)
    const [what = 0, port = 0, bytes, value = 0] = Array.from({ length: 4 }, () => reader.u32())
    reader.end()
    log.push(`${['', 'allow', 'in', 'out'][what]} ${port.toString(16)} ${bytes} ${value}`)
    const said = answers(what, port, value)
    if (said === 'gone') to.end('it ended')
    else to.say(frame(kind, id, said))
  })
  channel.say(greeting)
  const session = await Session.start(channel, { limitMs: 1000 })
  const root = new FakeRoot().put('proc/self/status', 'CapEff:\t000001ffffffffff\n')
  const opener: FileOpener = {
    look: async (question) => question({ ...root.system.now(), cpu: 'x64' }),
    openFile: async (path) => ({ path, errno: 'ENOENT' }),
  }
  const instructions = agentPorts(session)
  const memory = await openPorts(opener, { mode: 'write', instructions })
  return { log, memory, instructions, [Symbol.dispose]: () => root[Symbol.dispose]() }
}

it('each access is one request, behind the permission for all of them', async () => {
  using far = await board((what) => answer(0, what === 2 ? 0x26 : 0))
  const results = await far.memory.run(
    new Program([
      { op: 'write', address: 0xcf8, width: 32, value: 0x8000_0000 },
      { op: 'read', address: 0xcfe, width: 16 },
      { op: 'update', address: 0x70, width: 8, mask: 0x0f, value: 5 },
    ]),
  )
  expect([results.value(1), results.written(2)]).toEqual([0x26, 0x25])
  expect(far.log).toEqual([
    ...['allow cf8 4 0', 'allow cfe 2 0', 'allow 70 1 0'],
    ...['out cf8 4 2147483648', 'in cfe 2 0', 'in 70 1 0', 'out 70 1 37'],
  ])
})

it('nothing is accessed where a port of a later step is refused', async () => {
  using far = await board((_, port) => (port === 0x60 ? answer(ENOSYS) : answer(0, 0)))
  const program = new Program([
    { op: 'write', address: 0x64, width: 16, value: 1 },
    { op: 'write', address: 0x60, width: 16, value: 1 },
  ])
  await expect(far.memory.run(program)).rejects.toMatchObject({
    code: 'EREFUSED_NO_PORTS',
    message:
      'the 16-bit port 0x60 cannot be reached: ioperm: the kernel was built without CONFIG_X86_IOPL_IOPERM (ENOSYS)',
    data: { address: 0x60, step: 1, width: 16, errno: 'ENOSYS' },
  })
  expect(far.log).toEqual(['allow 64 2 0', 'allow 60 2 0'])
})

it('an access for which the permission is gone was not made', async () => {
  using far = await board((what) => (what === 1 ? answer(0, 0) : answer(EPERM)))
  await expect(far.memory.read16(0x60)).rejects.toMatchObject({
    code: 'EIO',
    message: '16-bit read at 0x00000060 (I/O ports) failed: ioperm was refused (EPERM)',
  })
})

it('of an access that was under way when the connection ended nobody knows', async () => {
  using far = await board((what) => (what === 1 ? answer(0, 0) : 'gone'))
  await expect(far.memory.write16(0x60, 1)).rejects.toMatchObject({ code: 'ECONNECTION' })
  expect(far.log).toEqual(['allow 60 2 0', 'out 60 2 1'])
})

it('whatever a board answers, a value has the bits of its access, or the connection is given up', async () => {
  const widths = fc.constantFrom(8, 16, 32)
  const values = fc.oneof(fc.nat(0xff), fc.nat(0x1_ffff), fc.nat(0xffff_ffff))
  await fc.assert(
    fc.asyncProperty(widths, values, fc.boolean(), async (width, value, isRead) => {
      const fits = isRead ? value < 2 ** width : value === 0
      using far = await board(() => answer(0, value))
      const { in: load, out: store } = far.instructions
      const bytes = width / 8
      const used = isRead ? load(0x60, bytes) : store(0x60, bytes, 1)
      const end = await Promise.resolve(used).catch(({ code }) => code)
      expect(end).toEqual(fits ? (isRead ? value : undefined) : 'ECONNECTION')
    }),
    { numRuns: 50 },
  )
})
