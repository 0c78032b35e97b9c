/** `physmem-agent serve`: the frames of native/agent_protocol.h. */
import { readFileSync, readlinkSync, symlinkSync } from 'node:fs'
import { constants } from 'node:os'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { STREAM_BEHIND } from '../../remote/protocol.ts'
import { AGENT_CPUS, Agent, agentUnavailable } from '../testing/agent.ts'
import {
  type Answer,
  ASK,
  encoded,
  frame,
  LOOK,
  opened,
  path,
  readAnswers,
  told,
  u32,
  u64,
} from '../testing/agent-frames.ts'
import { TestFolder, testBytes } from '../testing/files.ts'

const { EBADF, EBADMSG, EINTR, EMFILE, EMSGSIZE, ENODEV, ENOENT } = constants.errno
const OK = 0
const [BAD_PROGRAM, CANCELLED, OUT_OF_RANGE, READ_ONLY] = [1, 6, 8, 11]
const REGULAR = 2
const FIXED = 1
const FRAME_MOST = 128 * 1024

const folder = new TestFolder()

describe.each(AGENT_CPUS)('physmem-agent serve on $name', (cpu) => {
  const reason = agentUnavailable(cpu)
  const title = (text: string) => (reason ? `${text} [skipped: ${reason}]` : text)
  let agent: Agent
  beforeAll(() => {
    if (!reason) agent = new Agent(cpu)
  }, 120_000)
  const serve = (...frames: readonly Uint8Array[]) => agent.serve(Buffer.concat(frames))
  const answersOf = async (...frames: readonly Uint8Array[]) => (await agent.ask(...frames)).answers

  it.skipIf(reason)(title('says what it is, and ends with its input'), () => {
    const { out, code, err } = serve()
    expect(readAnswers(out)).toEqual({
      hello: {
        version: 3,
        pageSize: 4096,
        abilities: { x64: 3, arm64: 3, arm: 0, riscv64: 1 }[cpu.name],
        frameMost: FRAME_MOST,
        cpu: cpu.name,
      },
      answers: [],
    })
    expect({ code, err }).toEqual({ code: 0, err: '' })
  })

  it.skipIf(reason)(title('runs programs as the addon does'), async () => {
    const file = folder.file('memory.bin', testBytes(8192))
    const program = encoded(
      { op: 'write', address: 8, width: 32, value: 0x11223344 },
      { op: 'read', address: 10, width: 16 },
      { op: 'update', address: 8, width: 8, mask: 0xf0, value: 0xa0 },
      { op: 'readBlock', address: 0x100, width: 32, count: 3 },
    )
    const answers = await answersOf(opened(file), frame(ASK.run, 7, u32(0, 0), program))
    expect(answers.map(({ id, error }) => [id, error])).toEqual([
      [100, OK],
      [101, OK],
      [7, OK],
    ])
    const { status, done, results } = told(answers[2] as Answer)
    expect({ status, done }).toEqual({ status: OK, done: 4 })
    expect(results.readBigUInt64LE(16)).toBe(0x1122n)
    expect([results.readBigUInt64LE(32), results.readBigUInt64LE(40)]).toEqual([0x44n, 0xa4n])
    expect(results.subarray(64, 76)).toEqual(Buffer.from(testBytes(8192).subarray(0x100, 0x10c)))
    expect(readFileSync(file).readUInt32LE(8)).toBe(0x112233a4)
  })

  it.skipIf(reason)(title('refuses before the first access'), async () => {
    const file = folder.file('memory.bin', testBytes(8192))
    const store = { op: 'write', address: 0, width: 32, value: 0 } as const
    const beyond = encoded(store, { op: 'read', address: 8192, width: 32 })
    const large = encoded(store, { op: 'readBlock', address: 0, width: 8, count: FRAME_MOST })
    const [, , ...answers] = await answersOf(
      opened(file),
      frame(ASK.run, 1, u32(0, 0), beyond),
      frame(ASK.prepare, 2, u32(0, 0), beyond),
      frame(ASK.run, 3, u32(0, 0), encoded(store).subarray(0, 40)),
      frame(ASK.run, 4, u32(0, 0), large),
      frame(ASK.run, 5, u32(1, 0), beyond),
      frame(ASK.run, 6, u32(0)),
      frame(99, 7),
      frame(ASK.run, 8, u32(0, 8), beyond),
    )
    expect(answers.slice(0, 4).map((one) => [one.error, told(one).status, told(one).done])).toEqual(
      [OUT_OF_RANGE, OUT_OF_RANGE, BAD_PROGRAM, BAD_PROGRAM].map((status) => [OK, status, 0]),
    )
    expect(answers.slice(4).map(({ error }) => error)).toEqual([EBADF, EBADMSG, EBADMSG, EBADMSG])
    expect(readFileSync(file)).toEqual(Buffer.from(testBytes(8192)))
    const [, , answer] = await answersOf(
      opened(file, false),
      frame(ASK.run, 1, u32(0, 0), encoded(store)),
    )
    expect(told(answer as Answer).status).toBe(READ_ONLY)
  })

  it.skipIf(reason)(title('looks at many files in one frame'), async () => {
    const file = folder.file('text', 'hello')
    const link = `${folder.path}/link-${cpu.name}`
    symlinkSync('text', link)
    const asks = [
      [LOOK.bytes, 3, file],
      [LOOK.bytes, 100, `${folder.path}/absent`],
      [LOOK.bytes, 100, '/dev/null'],
      [LOOK.link, 0, link],
      [LOOK.linkStatus, 0, link],
      [LOOK.status, 0, '/dev/null'],
      [LOOK.real, 0, link],
      [LOOK.entries, 0, folder.path],
    ] as const
    const looks = asks.map(([what, most, at]) => Buffer.concat([u32(what, most), path(at)]))
    const [answer] = await answersOf(frame(ASK.look, 1, u32(asks.length), ...looks))
    let { rest } = answer as Answer
    const answered = rest.readUInt32LE(0)
    rest = rest.subarray(4)
    const all: [number, Buffer][] = []
    for (let index = 0; index < answered; index++) {
      const end = 8 + rest.readUInt32LE(4)
      all.push([rest.readInt32LE(0), rest.subarray(8, end)])
      rest = rest.subarray(end)
    }
    expect(all.slice(0, 4).map(([error, data]) => [error, data.toString()])).toEqual([
      [OK, 'hel'],
      [ENOENT, ''],
      [ENODEV, ''],
      [OK, readlinkSync(link)],
    ])
    const kinds = all.slice(4, 6).map(([, data]) => data.readUInt32LE(0))
    expect(kinds).toEqual([3, 4])
    expect([all[5]?.[1].readUInt32LE(32), all[5]?.[1].readUInt32LE(36)]).toEqual([1, 3])
    expect(all[6]?.[1].toString()).toBe(file)
    const names: Record<string, number> = {}
    for (let data = all[7]?.[1] as Buffer; data.length > 0; ) {
      const end = 8 + data.readUInt32LE(4)
      names[data.subarray(8, end).toString()] = data.readUInt32LE(0)
      data = data.subarray(end)
    }
    expect(names).toMatchObject({ text: 1, [`link-${cpu.name}`]: 3 })
  })

  it.skipIf(reason)(title('answers as many look-ups as fit'), async () => {
    const file = folder.file('large', new Uint8Array(100_000))
    const look = Buffer.concat([u32(LOOK.bytes, 100_000), path(file)])
    const [answer] = await answersOf(frame(ASK.look, 1, u32(2), look, look))
    expect(answer?.rest.readUInt32LE(0)).toBe(1)
    expect(answer?.rest.readUInt32LE(8)).toBe(100_000)
  })

  it.skipIf(reason)(title('reads, writes and streams'), async () => {
    const file = folder.file('memory.bin', testBytes(200_000))
    const bytes = Buffer.from(testBytes(200_000))
    const [, , ...answers] = await answersOf(
      frame(ASK.open, 100, u32(1), path(file)),
      frame(ASK.memory, 101, u32(0, REGULAR), u64(0, 200_000)),
      frame(ASK.read, 1, u32(0, 10), u64(5)),
      frame(ASK.read, 2, u32(0, FRAME_MOST), u64(5)),
      frame(ASK.write, 3, u32(0, 2), u64(1), Buffer.from('ab')),
      frame(ASK.stream, 4, u32(0, 4, 0, 0), u64(4, 49_999)),
      frame(ASK.stream, 5, u32(0, 4, 0, 0), u64(199_996, 2)),
      frame(ASK.close, 6, u32(0)),
      frame(ASK.read, 7, u32(0, 10), u64(5)),
      frame(ASK.forget, 8, u32(0)),
    )
    expect(answers[0]?.rest.subarray(4)).toEqual(bytes.subarray(5, 15))
    expect(answers[1]?.error).toBe(EMSGSIZE)
    expect(readFileSync(file).subarray(1, 3).toString()).toBe('ab')
    const pieces = answers.filter(({ id }) => id === 4)
    expect(pieces.map(({ rest }) => rest.readUInt32LE(0))).toEqual([1, 0])
    const data = Buffer.concat(pieces.map(({ rest }) => rest.subarray(44)))
    expect(data.equals(bytes.subarray(4))).toBe(true)
    const beyond = answers.find(({ id }) => id === 5) as Answer
    expect(told(beyond)).toMatchObject({ status: OUT_OF_RANGE, done: 0 })
    expect(answers.slice(-3).map(({ error }) => error)).toEqual([OK, EBADF, EBADF])
  })

  it.skipIf(reason)(title('reads nothing behind a stream that failed'), async () => {
    const file = folder.file('memory.bin', testBytes(64))
    const stream = (id: number, flags: number, address: number) =>
      frame(ASK.stream, id, u32(0, 4, flags, 0), u64(address, 4))
    const [, , ...answers] = await answersOf(
      frame(ASK.open, 100, u32(1), path(file)),
      frame(ASK.memory, 101, u32(0, REGULAR), u64(0, 64)),
      stream(1, STREAM_BEHIND, 0),
      stream(2, 0, 0),
      stream(3, STREAM_BEHIND, 16),
      stream(4, STREAM_BEHIND, 56),
      stream(5, STREAM_BEHIND, 0),
      stream(6, STREAM_BEHIND, 0),
      stream(7, 0, 0),
    )
    expect(answers.map(({ error }) => error)).toEqual([EINTR, OK, OK, OK, EINTR, EINTR, OK])
    expect(told(answers[3] as Answer)).toMatchObject({ status: OUT_OF_RANGE, done: 0 })
  })

  it.skipIf(reason)(title('holds a bounded number of nodes'), async () => {
    const file = folder.file('memory.bin', testBytes(64))
    const all = Array.from({ length: 33 }, (_, id) => frame(ASK.open, id, u32(0), path(file)))
    const answers = await answersOf(...all)
    expect(answers.map(({ error }) => error)).toEqual([...Array(32).fill(OK), EMFILE])
  })

  it.skipIf(reason)(
    title('ends what is cancelled, and what runs when the input ends'),
    async () => {
      const file = folder.file('memory.bin', testBytes(8192))
      const wait = {
        op: 'wait',
        address: 0,
        width: 32,
        mask: 1,
        equals: 0,
        timeoutMs: 60_000,
      } as const
      const run = (id: number) =>
        frame(ASK.run, id, u32(0, 0), encoded({ ...wait, intervalUs: 100 }))
      const child = agent.start(['serve'])
      const chunks: Buffer[] = []
      child.stdout.on('data', (data: Buffer) => chunks.push(data))
      const came = (count: number) =>
        new Promise<void>((resolve) => {
          const look = () => {
            const bytes = Buffer.concat(chunks)
            if (bytes.length >= 48 && readAnswers(bytes).answers.length >= count) resolve()
            else child.stdout.once('data', look)
          }
          look()
        })
      child.stdin.write(Buffer.concat([opened(file), run(1)]))
      await came(2)
      child.stdin.write(frame(ASK.cancel, 0, u32(1)))
      await came(3)
      // Before it begins.
      child.stdin.write(Buffer.concat([run(2), frame(ASK.cancel, 0, u32(2))]))
      await came(4)
      // Of short pieces without an end, in none of which anything is waited for.
      const endless = u32(0, 4, FIXED, 0)
      child.stdin.write(frame(ASK.stream, 4, endless, u64(0, 1n << 40n)))
      await came(10)
      child.stdin.write(Buffer.concat([frame(ASK.cancel, 0, u32(4)), run(3)]))
      await came(11)
      if (cpu.name === process.arch) {
        const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
        expect(Number(/^VmData:\s+(\d+) kB$/m.exec(status)?.[1])).toBeLessThanOrEqual(1024)
      }
      child.stdin.end()
      const code = await new Promise((resolve) => child.on('close', resolve))
      const { answers } = readAnswers(Buffer.concat(chunks))
      const ends = answers.slice(2).filter((one) => one.id !== 4 || one.rest.readUInt32LE(0) === 0)
      expect(ends.map((one) => [one.id, told(one).status])).toEqual(
        [1, 2, 4, 3].map((id) => [id, CANCELLED]),
      )
      expect(code).toBe(0)
    },
  )

  it.skipIf(reason)(title('survives any bytes'), () => {
    const file = folder.file('memory.bin', testBytes(8192))
    const ask = fc.tuple(
      fc.integer({ min: 0, max: 12 }),
      fc.array(fc.oneof(fc.nat(4), fc.nat(0xffff_ffff)), { maxLength: 10 }),
    )
    const asked = ask.map(([kind, words]) => frame(kind === ASK.open ? 0 : kind, 1, u32(...words)))
    const input = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.array(asked, { maxLength: 20 }).map((all) => Buffer.concat(all)),
    )
    fc.assert(
      fc.property(input, (bytes) => {
        const { code, err, out } = serve(opened(file, false), bytes)
        expect([0, 2]).toContain(code)
        expect(err).toBe('')
        readAnswers(out)
      }),
      { numRuns: cpu.name === process.arch ? 200 : 20 },
    )
    expect(readFileSync(file)).toEqual(Buffer.from(testBytes(8192)))
  })

  it.skipIf(reason)(title('takes no arguments'), () => {
    expect(agent.run(['serve', 'x'])).toEqual({
      code: 2,
      out: '',
      err: 'physmem-agent: serve takes nothing but --serial DEVICE[,BAUD]\n  hint: see physmem-agent --help\n',
    })
  })
})
