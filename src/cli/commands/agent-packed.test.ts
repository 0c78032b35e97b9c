/** Programs that come packed to `physmem-agent serve`: PM_RUN_PACKED and PM_RUN_WORDS of native/agent_protocol.h. */
import { readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Step } from '../../memory/step.ts'
import { packProgram } from '../../remote/packed-program.ts'
import { MEMORY, RUN } from '../../remote/protocol.ts'
import { AGENT_CPUS, Agent, agentUnavailable } from '../testing/agent.ts'
import {
  type Answer,
  ASK,
  encoded,
  frame,
  opened,
  path,
  told,
  u32,
  u64,
} from '../testing/agent-frames.ts'
import { TestFolder, testBytes } from '../testing/files.ts'

const { EBADMSG } = constants.errno
const OK = 0
const [BAD_PROGRAM, OUT_OF_RANGE] = [1, 8]

const folder = new TestFolder()

describe.each(AGENT_CPUS)('packed programs of physmem-agent on $name', (cpu) => {
  const reason = agentUnavailable(cpu)
  const title = (text: string) => (reason ? `${text} [skipped: ${reason}]` : text)
  let agent: Agent
  beforeAll(() => {
    if (!reason) agent = new Agent(cpu)
  }, 120_000)
  const answersOf = async (...frames: readonly Uint8Array[]) => (await agent.ask(...frames)).answers

  it.skipIf(reason)(title('runs packed programs, and gives one word a step'), async () => {
    const file = folder.file('memory.bin', testBytes(8192))
    const bytes = Buffer.from(testBytes(8192))
    const data = new Uint8Array([1, 2, 3, 4, 5])
    const all = Array.from({ length: 1001 }, (_, at): Step => {
      return { op: 'read', address: 4 * at + 0x200, width: at < 500 ? 32 : 16 }
    })
    const steps: Step[] = [...all, { op: 'writeBlock', address: 0, width: 8, data }]
    const packed = packProgram(encoded(...steps)) as Uint8Array
    expect(packed.length).toBeLessThan(100)
    const [, , answer] = await answersOf(
      opened(file),
      frame(ASK.run, 1, u32(0, RUN.packed | RUN.words), packed),
    )
    const { status, done, results } = told(answer as Answer)
    expect({ status, done }).toEqual({ status: OK, done: 1002 })
    expect(results.length).toBe(1002 * 4)
    expect(results.readUInt32LE(4 * 499)).toBe(bytes.readUInt32LE(4 * 499 + 0x200))
    expect(results.readUInt32LE(4 * 1000)).toBe(bytes.readUInt16LE(4 * 1000 + 0x200))
    expect([...readFileSync(file).subarray(0, 6)]).toEqual([1, 2, 3, 4, 5, bytes[5]])
  })

  it.skipIf(reason)(title('runs a program that comes again as it ran before'), async () => {
    const file = folder.file('memory.bin', testBytes(8192))
    const other = folder.file('other.bin', testBytes(256).fill(7))
    const steps = Array.from({ length: 100 }, (_, at): Step => {
      return { op: 'read', address: 4 * at, width: 32 }
    })
    const packed = packProgram(encoded(...steps)) as Uint8Array
    const run = (id: number, memory: number, form = packed) =>
      frame(ASK.run, id, u32(memory, RUN.packed | RUN.words), form)
    const store = packProgram(encoded({ op: 'write', address: 0, width: 32, value: 5 }))
    const data = new Uint8Array(64).fill(9)
    const block: Step = { op: 'writeBlock', address: 64, width: 8, data }
    const last = packProgram(encoded(...steps, block)) as Uint8Array
    const [, , , , ...answers] = await answersOf(
      opened(file),
      frame(ASK.open, 102, u32(0), path(other)),
      frame(ASK.memory, 103, u32(1, MEMORY.regular), u64(0, 256)),
      ...[run(1, 0), run(2, 0, store), run(3, 0), run(4, 1), run(5, 0, last), run(6, 0)],
    )
    const firstWord = (at: number) => told(answers[at] as Answer).results.readUInt32LE(0)
    const before = Buffer.from(testBytes(4)).readUInt32LE(0)
    expect([firstWord(0), firstWord(2), firstWord(5)]).toEqual([before, 5, 5])
    expect(told(answers[3] as Answer)).toMatchObject({ status: OUT_OF_RANGE, done: 0 })
    expect(told(answers[5] as Answer).results.readUInt32LE(64)).toBe(0x09090909)
    expect(answers.map(({ error }) => error)).toEqual(Array(6).fill(OK))
  })

  it.skipIf(reason)(title('takes no packed program that does not fit what it says'), async () => {
    const file = folder.file('memory.bin', testBytes(64))
    const head = (steps: number, input = 0) => u32(0x31474d50, steps, input, 0)
    // A read of 32 bits: which words, how many more as foreseen, and the words.
    const read = (more: number) => Buffer.concat([u32(1 + more * 0x10000), u32(0x401)])
    const wide = { op: 'update', address: 0, width: 32, mask: 0, value: 0 } as const
    const run = (id: number, flags: number, ...parts: Buffer[]) =>
      frame(ASK.run, id, u32(0, flags), ...parts)
    const [, , ...answers] = await answersOf(
      opened(file),
      run(1, RUN.packed, head(3), read(2)),
      run(2, RUN.packed, head(3), read(3)),
      run(3, RUN.packed, head(3), read(1)),
      run(4, RUN.packed, head(3), read(2), u32(0)),
      run(5, RUN.packed, head(1), u32(1 << 12), u32(0x401)),
      run(6, RUN.packed, head(1), u32(1)),
      run(7, RUN.packed, head(1, 8), read(0), u32(0)),
      run(8, RUN.packed, head(2731), read(2730)),
      run(9, RUN.packed, head(0xffff_ffff), read(0xffff)),
      run(10, RUN.packed, head(1, 0xffff_ffff), read(0)),
      run(11, RUN.packed, u32(0x31474d50)),
      run(12, RUN.packed, u32(0, 3, 0, 0), read(2)),
      run(13, RUN.words, encoded(wide)),
      frame(ASK.prepare, 14, u32(0, RUN.packed), head(3), read(2)),
      frame(ASK.prepare, 15, u32(0, RUN.packed), head(3), read(3)),
      frame(ASK.prepare, 16, u32(0, RUN.words), encoded(wide)),
    )
    const wrong = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 15, 16]
    expect(answers.filter(({ error }) => error === EBADMSG).map(({ id }) => id)).toEqual(wrong)
    const ends = answers.filter(({ error }) => error === OK)
    expect(ends.map((one) => [one.id, told(one).status])).toEqual([
      ...[
        [1, OK],
        [12, BAD_PROGRAM],
        [13, BAD_PROGRAM],
        [14, OK],
      ],
    ])
  })
})
