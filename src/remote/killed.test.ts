/**
 * Either end is lost at any byte or step of a program: what the error says is known to be done is done,
 * what was not begun is not, and nothing of the agent is left.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TestFolder } from '../cli/testing/files.ts'
import { Program } from '../memory/program.ts'
import type { Step } from '../memory/step.ts'
import type { Channel } from './channel.ts'
import { packProgram } from './packed-program.ts'
import { Session } from './session.ts'
import { noAgent, openRemoteFile, startAgent } from './testing/agent.ts'

const skipped = noAgent ? ` [skipped: ${noAgent}]` : ''
const folder = new TestFolder()

/** A channel that is cut after so many bytes in a direction. */
class CutChannel implements Channel {
  readonly name = 'board'
  readonly ended: Promise<string>
  readonly #inner: Channel
  #pull: (why: string) => void = () => {}
  #left = { sent: Number.POSITIVE_INFINITY, came: Number.POSITIVE_INFINITY }

  constructor(inner: Channel) {
    this.#inner = inner
    const pulled = new Promise<string>((resolve) => {
      this.#pull = resolve
    })
    this.ended = Promise.race([pulled, inner.ended])
  }

  /** From now on. */
  cutAfter(direction: 'sent' | 'came', bytes: number): void {
    this.#left[direction] = bytes
    if (bytes === 0) this.#cut()
  }

  write(bytes: Uint8Array): void {
    this.#inner.write(this.#some('sent', bytes))
  }

  take(take: (bytes: Uint8Array) => void): void {
    this.#inner.take((bytes) => take(this.#some('came', bytes)))
  }

  close(): Promise<void> {
    return this.#inner.close()
  }

  #some(direction: 'sent' | 'came', bytes: Uint8Array): Uint8Array {
    const some = bytes.subarray(0, this.#left[direction])
    this.#left[direction] -= some.length
    // What was sent last is on its way, and what came last is taken, before the end is seen.
    if (this.#left[direction] === 0) queueMicrotask(() => this.#cut())
    return some
  }

  #cut(): void {
    this.#pull('the cable was pulled')
    void this.#inner.close()
  }
}

const PIECE = 64 * 1024
const FLAGS = 8 * 1024
const FILE_BYTES = FLAGS + 4 * PIECE

/** Steps of which each leaves a mark of its own; the blocks divide them into frames. */
function programOf(frames: number, perFrame: number): { program: Program; marks: Mark[] } {
  const steps: Step[] = []
  const marks: Mark[] = []
  const add = (step: Step, at: number, byte: number) => {
    steps.push(step)
    marks.push({ at, byte })
  }
  for (let frame = 0; frame < frames; frame++) {
    if (frames > 1) {
      const address = FLAGS + frame * PIECE
      const data = new Uint8Array(PIECE).fill(frame + 1)
      add({ op: 'writeBlock', address, width: 32, data }, address + PIECE - 1, frame + 1)
    }
    for (let one = 0; one < perFrame; one++) {
      const address = steps.length
      const value = (address % 200) + 1
      add({ op: 'write', address, width: 8, value }, address, value)
    }
  }
  return { program: new Program(steps), marks }
}

/** The byte that a step stores last. */
interface Mark {
  at: number
  byte: number
}

interface Running {
  channel: CutChannel
  path: string
  pid: number
  run(program: Program): Promise<unknown>
}

let files = 0

/** Runs `work` with an agent of its own over a new file, and sees that nothing of it is left. */
async function withAgent(work: (running: Running) => Promise<void>): Promise<void> {
  const own = folder.file(`run-${files++}`)
  mkdirSync(own)
  const path = join(own, 'memory')
  writeFileSync(path, new Uint8Array(FILE_BYTES))
  const pidFile = folder.file('pid', '')
  const script = 'echo $$ > "$1"; shift; cd "$1"; shift; exec "$@"'
  const channel = new CutChannel(
    await startAgent('board', ['sh', '-c', script, 'sh', pidFile, own]),
  )
  const session = await Session.start(channel)
  const pid = Number(readFileSync(pidFile, 'utf8'))
  const memory = await openRemoteFile(session, path, { length: FILE_BYTES })
  try {
    await work({
      ...{ channel, path, pid },
      run: (program) =>
        memory.run(program).then(
          () => undefined,
          (error) => error,
        ),
    })
  } finally {
    await session.close()
  }
  expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  expect(readdirSync(own)).toEqual(['memory'])
}

/** What an error says of a program: how many are known to be done, and how many were begun. */
function accountOf(message: string, count: number): { known: number; begun: number } {
  if (message.endsWith('; nothing was done')) return { known: 0, begun: 0 }
  const whole = /; (\d+) steps? of \d+ known to be done, those after were not begun$/.exec(message)
  if (whole) return { known: Number(whole[1]), begun: Number(whole[1]) }
  const [, known, first, last] =
    /; (\d+) steps? of \d+ known to be done; whether (?:any of steps (\d+) to (\d+)|step \d+) was done is not known/.exec(
      message,
    ) ?? []
  expect([message, known]).not.toEqual([message, undefined])
  const one = /whether step (\d+) was/.exec(message)?.[1]
  expect(Number(first ?? one)).toBe(Number(known))
  const begun = Number(last ?? one) + 1
  expect(/, those after it were not begun$/.test(message)).toBe(begun < count)
  return { known: Number(known), begun }
}

/** That the account of the error is true of the file; gives the number of steps that were done. */
function checkAccount(error: unknown, path: string, marks: readonly Mark[]): number {
  const bytes = readFileSync(path)
  const done = marks.map(({ at, byte }) => bytes[at] === byte)
  const count = done.indexOf(false) < 0 ? done.length : done.indexOf(false)
  expect(done.lastIndexOf(true)).toBe(count - 1)
  if (error === undefined) {
    expect(count).toBe(marks.length)
    return count
  }
  expect(error).toMatchObject({ code: 'ECONNECTION' })
  const { message, results } = error as { message: string; results?: { done: number } }
  const { known, begun } = accountOf(message, marks.length)
  expect(results?.done ?? 0).toBe(known)
  expect(count).toBeGreaterThanOrEqual(known)
  expect(count).toBeLessThanOrEqual(begun)
  return count
}

describe.skipIf(noAgent)(`a program whose other end is lost${skipped}`, () => {
  it('is done whole or not at all where its request is cut', async () => {
    const { program, marks } = programOf(1, 3)
    const whole = 16 + 8 + (packProgram(program.encoded)?.length ?? 0)
    const cuts = [0, 1, 15, 16, 17, whole >> 1, whole - 1]
    for (const cut of cuts) {
      await withAgent(async ({ channel, path, run }) => {
        channel.cutAfter('sent', cut)
        expect(checkAccount(await run(program), path, marks)).toBe(0)
      })
    }
  })

  it('has a true account wherever its answer is cut', async () => {
    const { program, marks } = programOf(1, 3)
    const whole = 16 + 8 + 32 + 4 * 4
    for (const cut of [1, 15, 16, 40, whole - 1]) {
      await withAgent(async ({ channel, path, run }) => {
        channel.cutAfter('came', cut)
        const error = await run(program)
        expect(error).toMatchObject({ code: 'ECONNECTION' })
        expect(checkAccount(error, path, marks)).toBe(3)
      })
    }
  })

  it('has a true account wherever one of several frames is cut', async () => {
    const { program, marks } = programOf(4, 2)
    const direction = fc.oneof(
      fc.record({ way: fc.constant('sent' as const), bytes: fc.nat(4 * PIECE + 1200) }),
      fc.record({ way: fc.constant('came' as const), bytes: fc.nat(5 * 100) }),
    )
    await fc.assert(
      fc.asyncProperty(direction, async ({ way, bytes }) => {
        await withAgent(async ({ channel, path, run }) => {
          channel.cutAfter(way, bytes)
          checkAccount(await run(program), path, marks)
        })
      }),
      { numRuns: 40 },
    )
  })

  it('has a true account wherever the agent is killed', async () => {
    const { program, marks } = programOf(4, 2)
    // Behind each step one that waits for the test to let it on.
    const steps = program.steps.flatMap((step, at): Step[] => [
      step,
      { op: 'wait', address: 4096 + at, width: 8, mask: 0xff, equals: 1, timeoutMs: 60_000 },
    ])
    const all = marks.flatMap((mark, at) => [mark, { at: 4096 + at, byte: 1 }])
    for (let last = 0; last < marks.length; last++) {
      await withAgent(async ({ path, pid, run }) => {
        const running = run(new Program(steps))
        const file = await open(path, 'r+')
        for (let at = 0; at < last; at++) await file.write(Uint8Array.of(1), 0, 1, 4096 + at)
        await expect
          .poll(() => readFileSync(path)[marks[last]?.at ?? 0], { interval: 2 })
          .toBe(marks[last]?.byte)
        await file.close()
        process.kill(pid, 'SIGKILL')
        const error = await running
        expect(error).toMatchObject({ code: 'ECONNECTION' })
        expect(checkAccount(error, path, all)).toBe(2 * last + 1)
      })
    }
  })

  it('ends with its waits where nobody is there any more', async () => {
    await withAgent(async ({ channel, path, run }) => {
      const wait: Step = { op: 'wait', address: 8, width: 8, mask: 1, equals: 1, timeoutMs: 60_000 }
      const write = { op: 'write', width: 8, value: 7 } as const
      const running = run(new Program([{ ...write, address: 0 }, wait, { ...write, address: 1 }]))
      await expect.poll(() => readFileSync(path)[0], { interval: 2 }).toBe(7)
      channel.cutAfter('sent', 0)
      expect((await running) as Error).toMatchObject({ code: 'ECONNECTION' })
      await channel.close()
      expect(readFileSync(path)[1]).toBe(0)
    })
  })
})
