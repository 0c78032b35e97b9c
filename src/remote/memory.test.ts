import { readFileSync, truncateSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TestFolder } from '../cli/testing/files.ts'
import { Program } from '../memory/program.ts'
import type { Step } from '../memory/step.ts'
import { Session } from './session.ts'
import { noAgent, openRemoteFile, startAgent } from './testing/agent.ts'
import { keepsTheContract } from './testing/contract.ts'

const folder = new TestFolder()
const skipped = noAgent ? ` [skipped: ${noAgent}]` : ''
let session: Session

describe.skipIf(noAgent)(`a memory of an agent${skipped}`, () => {
  beforeAll(async () => {
    session = await Session.start(await startAgent())
  })
  afterAll(() => session?.close())

  keepsTheContract(folder, () => session)

  it('reads long stretches in a stream, and stops at the first element that fails', async () => {
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * 7) & 0xff))
    const path = folder.file('long.bin', bytes)
    await using memory = await openRemoteFile(session, path, {})
    const read = await memory.readBlock(8, 32, 70_000)
    expect(bytes.subarray(8, 280_008).equals(read)).toBe(true)
    truncateSync(path, 200_000)
    const error = await memory.readBlock(0, 8, 250_000).catch((reason) => reason)
    expect(error).toMatchObject({
      code: 'EFAULT_BUS',
      message: `8-bit read at 0x00030d40 (${path}) failed: the file ends before; 200000 of 250000 elements were read`,
      data: { step: 0, elementsDone: 200_000, address: 0x30d40 },
    })
    const before = error.results.parts(0, 200_000)[0].bytes
    expect(bytes.subarray(0, 200_000).equals(before)).toBe(true)
  })

  it('begins with what comes next as soon as it has read all, and never behind a failure', async () => {
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * 7) & 0xff))
    const path = folder.file('ahead.bin', bytes)
    await using memory = await openRemoteFile(session, path, {})
    const block = (address: number) => ({
      program: new Program([{ op: 'readBlock', address, width: 32, count: 25_000 }]),
      buffer: new Uint8Array(100_000),
    })
    const [first, second, third] = [block(0), block(100_000), block(200_000)]
    const run = ({ program, buffer }: ReturnType<typeof block>, ahead?: typeof first) =>
      memory.run(program, { buffer, ahead })
    expect((await run(first, second)).bytes(0)).toEqual(new Uint8Array(bytes.subarray(0, 100_000)))
    const results = await run(second, third)
    expect(results.bytes(0)).toEqual(new Uint8Array(bytes.subarray(100_000, 200_000)))
    expect(results.bytes(0).buffer).toBe(second.buffer.buffer)
    // What was read ahead of a store is not what comes behind it.
    await memory.write32(200_000, 0x12345678)
    const stored = (await run(third)).bytes(0)
    expect(new DataView(stored.buffer).getUint32(0, true)).toBe(0x12345678)
    truncateSync(path, 50_000)
    third.buffer.fill(1)
    await expect(run(first, third)).rejects.toMatchObject({ code: 'EFAULT_BUS' })
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(third.buffer.every((byte) => byte === 1)).toBe(true)
    truncateSync(path, 300_000)
    expect((await run(third)).bytes(0)).toEqual(new Uint8Array(100_000))
  })

  it('runs programs that are longer than a frame, in order', async () => {
    const path = folder.file('steps.bin', Buffer.alloc(64 * 1024))
    await using memory = await openRemoteFile(session, path, { length: 64 * 1024 })
    const steps = Array.from({ length: 6000 }, (_, at): Step[] => [
      { op: 'write', address: at * 8, width: 32, value: at },
      { op: 'update', address: at * 8, width: 32, mask: 0xf0000, value: 0x30000 },
    ]).flat()
    const results = await memory.run(new Program(steps))
    expect(results.done).toBe(12_000)
    expect(results.written(11_999)).toBe(5999 | 0x30000)
    expect(readFileSync(path).readUInt32LE(5999 * 8)).toBe(5999 | 0x30000)
  })

  it('writes blocks that are longer than a frame', async () => {
    const path = folder.file('block.bin', Buffer.alloc(400_000))
    const data = new Uint8Array(400_000).map((_, at) => (at * 13) & 0xff)
    await using memory = await openRemoteFile(session, path, { length: 400_000 })
    await memory.writeBlock(0, 16, data)
    expect(readFileSync(path).equals(data)).toBe(true)
  })

  it('does nothing of a long program of which a later piece would be refused', async () => {
    const path = folder.file('refused.bin', Buffer.alloc(8192, 1))
    const options = { length: 8192, writable: false }
    await using memory = await openRemoteFile(session, path, options)
    const steps = Array.from({ length: 5000 }, (_, at): Step => {
      const place = { address: 0, width: 8 } as const
      return at === 4999 ? { op: 'write', ...place, value: 2 } : { op: 'read', ...place }
    })
    await expect(memory.run(new Program(steps))).rejects.toMatchObject({
      code: 'EREADONLY',
      message: `step 4999 at 0x00000000 (${path}): it was opened for reading only`,
    })
  })

  it('ends a wait when it is told to, and the next program runs', async () => {
    const path = folder.file('wait.bin', Buffer.alloc(4096))
    await using memory = await openRemoteFile(session, path, { length: 4096 })
    const stop = new AbortController()
    const waiting = memory.wait32(0, { equals: 1, timeoutMs: 60_000, signal: stop.signal })
    setTimeout(() => stop.abort(), 50)
    await expect(waiting).rejects.toMatchObject({
      code: 'EABORT',
      message: `wait at 0x00000000 (${path}) was stopped by the caller`,
    })
    expect(await memory.read32(0)).toBe(0)
  })

  it('counts from a start inside of 8 bytes', async () => {
    const bytes = Buffer.alloc(4096)
    bytes.writeUInt32LE(0x12345678, 0x60c)
    const path = folder.file('odd.bin', bytes)
    await using memory = await openRemoteFile(session, path, { base: 0x604, length: 64 })
    expect(memory.misalignment).toBe(4)
    expect(await memory.read32(8)).toBe(0x12345678)
    await expect(memory.read32(64)).rejects.toMatchObject({ code: 'ERANGE' })
  })
})

describe.skipIf(noAgent)(`a connection that is lost${skipped}`, () => {
  const killed = async (steps: Step[]) => {
    const own = await Session.start(await startAgent('board', ['timeout', '-s', 'KILL', '1']))
    const path = folder.file('lost.bin', Buffer.alloc(4096))
    const memory = await openRemoteFile(own, path, { length: 4096 })
    const error = await memory.run(new Program(steps)).catch((reason) => reason)
    await own.close()
    return { error, stored: readFileSync(path)[0] }
  }
  const store: Step = { op: 'write', address: 0, width: 8, value: 7 }
  const wait: Step = { op: 'wait', address: 8, width: 8, mask: 1, equals: 1, timeoutMs: 60_000 }

  it('says that one step may have been done', async () => {
    const { error } = await killed([wait])
    expect(error).toMatchObject({
      code: 'ECONNECTION',
      message: expect.stringMatching(
        /^board: the connection is lost: timeout .*; it is not known whether it was done \(which matters only where reading has an effect\)$/,
      ),
    })
  })

  it('says that nothing was done where it was lost before', async () => {
    const own = await Session.start(await startAgent('board'))
    const path = folder.file('before.bin', Buffer.alloc(4096))
    const memory = await openRemoteFile(own, path, { length: 4096 })
    await own.close()
    const error = await memory.run(new Program([store, store])).catch((reason) => reason)
    expect(error).toMatchObject({
      code: 'ECONNECTION',
      message: 'board: the connection is lost: it was closed; nothing was done',
    })
  })

  it('says which steps are known to be done, and which are not', async () => {
    const many = Array.from({ length: 4000 }, () => store)
    const { error, stored } = await killed([...many, wait, store])
    expect(stored).toBe(7)
    expect(error.message).toMatch(
      /; (\d+) steps of 4002 known to be done; whether any of steps \1 to 4001 was done is not known$/,
    )
    expect(error.results.done).toBe(Number(/(\d+) steps of/.exec(error.message)?.[1]))
  })
})
