/** Whatever a board answers gives an error, or a result that fits what was asked. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PhysmemError } from '../base/errors.ts'
import { STATUSES } from '../engine/status.ts'
import type { Wanted } from '../linux/fetched-files.ts'
import { Program } from '../memory/program.ts'
import type { Results } from '../memory/results.ts'
import { elementCount, endOf, type Step } from '../memory/step.ts'
import { steps } from '../memory/testing/steps.ts'
import { packed, textOf } from './bytes.ts'
import { fetchFrom } from './look.ts'
import { RemoteMemory } from './memory.ts'
import { makeMemory, openNode, readNode } from './nodes.ts'
import { ASK } from './protocol.ts'
import { Session } from './session.ts'
import { frame, greeting, MadeChannel, type Request } from './testing/made-channel.ts'

const LENGTH = 256 * 1024

/** A session with a board that answers each request with what `answer` makes. */
async function boardThat(answer: (request: Request) => Uint8Array | undefined): Promise<Session> {
  const channel = new MadeChannel((request, to) => {
    const payload = request.kind === ASK.cancel ? undefined : answer(request)
    if (payload) to.say(frame(request.kind, request.id, payload))
  })
  channel.say(greeting)
  return await Session.start(channel, { limitMs: 1000 })
}

function memoryOf(session: Session): RemoteMemory {
  return new RemoteMemory(session, {
    ...{ name: 'board', node: 0, memory: 0, mode: 'write', base: 0, length: LENGTH },
    regularFile: false,
    explain: async (errno) => ({ code: 'EREFUSED', reason: errno }),
  })
}

const u32 = fc.integer({ min: 0, max: 0xffff_ffff })
const small = (most: number) => fc.oneof({ weight: 9, arbitrary: fc.nat(most) }, u32)

/** How a board may say that steps ended, mostly near to what could be. */
function told(all: readonly Step[]) {
  const first = all.flatMap((step) => ('address' in step ? [step.address, endOf(step)] : [0]))
  return fc
    .record({
      status: small(STATUSES.length),
      ...{ done: small(all.length), step: small(all.length), elements: small(20), errno: u32 },
      address: fc.oneof(fc.constantFrom(...first), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })),
    })
    .map(({ status, done, step, elements, errno, address }) =>
      packed(...[status, done, step, elements, errno, 0].map((number) => ({ u32: number })), {
        u64: address,
      }),
    )
}

/** Cells that mostly hold what a step could give. */
const cell = fc.oneof(
  fc.bigInt({ min: 0n, max: 0xffn }),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
)

const cut = fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, fc.integer({ min: -9, max: 9 }))

/** So much less, or more, than it is. */
function resized(bytes: Uint8Array, by: number): Uint8Array {
  const other = new Uint8Array(Math.max(0, bytes.length + by))
  other.set(bytes.subarray(0, other.length))
  return other
}

const runs = fc
  .array(steps(4096), { minLength: 1, maxLength: 6 })
  .map((all) => new Program(all))
  .chain((program) => {
    const count = 2 * program.steps.length
    const cells = fc.array(cell, { minLength: count, maxLength: count })
    return fc
      .tuple(told(program.steps), fc.option(cells), u32, cut)
      .map(([end, gave, noise, by]) => {
        const results = (gave ?? []).map((u64) => ({ u64 }))
        const data = new Uint8Array(gave ? program.dataLength : 0).fill(noise)
        return {
          program,
          answer: resized(packed({ u32: 0 }, { u32: 0 }, end, ...results, data), by),
        }
      })
  })

/** That a result says nothing that the steps cannot give. */
function checkResults(program: Program, results: Results): void {
  for (const [at, step] of program.steps.slice(0, results.done).entries()) {
    if (step.op === 'readBlock') results.parts(at)
    if (step.op !== 'read' && step.op !== 'update' && step.op !== 'wait') continue
    const value = BigInt(results.value(at))
    expect(BigInt.asUintN(step.width, value)).toBe(value)
    if (step.op === 'read') continue
    const mask = BigInt(step.mask)
    if (step.op === 'update') {
      const stored = (value & ~mask) | (BigInt(step.value) & mask)
      expect(BigInt(results.written(at))).toBe(stored)
    }
    if (step.op === 'wait') expect((value & mask) === BigInt(step.equals)).toBe(!step.negate)
  }
}

/** That an error says nothing of steps that there are not. */
function checkError(program: Program, error: unknown): void {
  if (!(error instanceof PhysmemError)) throw error
  const { step = 0, elementsDone = 0, address } = error.data
  expect(step).toBeLessThan(program.steps.length)
  const failed = program.steps[step] as Step
  expect(elementsDone).toBeLessThanOrEqual(
    failed.op === 'cache' ? failed.length : elementCount(failed),
  )
  if (address !== undefined && 'address' in failed) {
    expect(address).toBeGreaterThanOrEqual(failed.address)
    expect(address).toBeLessThan(endOf(failed))
  }
  const results = error.results as Results | undefined
  expect(results?.done ?? 0).toBeLessThan(program.steps.length)
  if (results) checkResults(program, results)
}

describe('a hostile board', () => {
  it('makes no more of a program than there is in it', async () => {
    await fc.assert(
      fc.asyncProperty(runs, async ({ program, answer }) => {
        const session = await boardThat(() => answer)
        try {
          const results = await memoryOf(session).run(program)
          expect(results.done).toBe(program.steps.length)
          checkResults(program, results)
        } catch (error) {
          checkError(program, error)
        } finally {
          await session.close()
        }
      }),
      { numRuns: 400 },
    )
  })

  it('prepares nothing that it was not asked to', async () => {
    await fc.assert(
      fc.asyncProperty(runs, cut, async ({ program, answer }, by) => {
        const session = await boardThat(() => resized(answer.subarray(0, 40), by))
        await memoryOf(session)
          .prepare(program)
          .catch((error) => checkError(program, error))
        await session.close()
      }),
      { numRuns: 200 },
    )
  })

  const block = fc
    .record({
      width: fc.constantFrom(8, 32),
      stepping: fc.constantFrom('increment', 'fixed'),
      onFault: fc.constantFrom('stop', 'skip'),
    })
    .map(({ width, stepping, onFault }): Step => {
      const fault = stepping === 'fixed' ? 'stop' : onFault
      return {
        op: 'readBlock',
        address: 64,
        count: 40_000,
        width,
        stepping,
        onFault: fault,
      } as Step
    })
  const pieces = block.chain((step) =>
    fc.record({
      program: fc.constant(new Program([step])),
      answers: fc.array(
        fc.record({
          more: fc.oneof({ weight: 9, arbitrary: fc.constant(1) }, fc.nat(3)),
          end: fc.oneof(
            {
              weight: 3,
              arbitrary: fc.constant(
                packed({ u32: 0 }, { u32: 1 }, { u32: 1 }, new Uint8Array(20)),
              ),
            },
            told([step]),
          ),
          count: fc.oneof(fc.constantFrom(10_000, 16_000), small(40_001)),
          bytes: fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, fc.nat(70_000)),
        }),
        { minLength: 1, maxLength: 6 },
      ),
    }),
  )

  it('streams no more than it was asked for', async () => {
    await fc.assert(
      fc.asyncProperty(pieces, async ({ program, answers }) => {
        const { width, onFault } = program.steps[0] as Extract<Step, { op: 'readBlock' }>
        const dataOf = (count: number) => {
          const bytes = (count * width) / 8
          return onFault === 'skip' ? Math.ceil(bytes / 8) * 8 + Math.ceil(count / 8) : bytes
        }
        const channel = new MadeChannel(({ kind, id }, to) => {
          if (kind !== ASK.stream) return
          for (const { more, end, count, bytes } of answers) {
            const length = Math.min(100_000, bytes ?? dataOf(count))
            const head = packed({ u32: 0 }, { u32: more }, end, { u32: count }, { u32: 0 })
            to.say(frame(kind, id, packed(head, new Uint8Array(length))))
          }
          to.end('gone')
        })
        channel.say(greeting)
        const session = await Session.start(channel)
        try {
          const results = await memoryOf(session).run(program)
          expect(results.done).toBe(1)
          expect(results.parts(0).reduce((sum, part) => sum + part.count, 0)).toBe(40_000)
        } catch (error) {
          checkError(program, error)
        } finally {
          await session.close()
        }
      }),
      { numRuns: 200 },
    )
  })

  const payload = fc.oneof(
    fc.uint8Array({ maxLength: 120 }),
    fc
      .array(fc.oneof(fc.nat(60), u32), { maxLength: 30 })
      .map((words) => packed(...[0, ...words].map((word) => ({ u32: word })))),
    fc.array(fc.tuple(fc.nat(7), fc.string({ maxLength: 20 })), { maxLength: 5 }).map((entries) => {
      const told = entries.map(([kind, name]) => {
        const text = textOf(name)
        return packed({ u32: kind }, { u32: text.length }, text)
      })
      const all = packed(...told)
      return packed({ u32: 0 }, { u32: 1 }, { u32: 0 }, { u32: all.length }, all)
    }),
  )
  const verb = fc.constantFrom<Wanted['verb']>(
    ...(['text', 'bytes', 'list', 'entries', 'link', 'status', 'linkStatus', 'real'] as const),
  )

  it('tells of files nothing but facts of their kind', async () => {
    await fc.assert(
      fc.asyncProperty(
        verb,
        fc.boolean(),
        fc.array(payload, { minLength: 1, maxLength: 8 }),
        async (one, isWord, all) => {
          const answers = all.values()
          const session = await boardThat(
            () => answers.next().value ?? packed({ u32: 0 }, { u32: 0 }),
          )
          const wanted: Wanted =
            isWord && one === 'bytes'
              ? { verb: one, path: '/proc/x', wordAt: 4 }
              : { verb: one, path: '/proc/x' }
          const found = await fetchFrom(session)([wanted]).catch((error) => {
            expect(error).toMatchObject({ code: 'ECONNECTION' })
            return []
          })
          for (const { value } of found) {
            if (wanted.wordAt !== undefined && value !== undefined) {
              expect((value as Uint8Array).length).toBe(4)
            } else if (one === 'list' || one === 'entries') expect(Array.isArray(value)).toBe(true)
            else if (value !== undefined) {
              const kinds = { text: 'string', link: 'string', real: 'string' } as Record<
                string,
                string
              >
              expect(typeof value).toBe(kinds[one] ?? 'object')
            }
          }
          await session.close()
        },
      ),
      { numRuns: 300 },
    )
  })

  it('opens, maps and reads nothing but what has a number or an errno', async () => {
    await fc.assert(
      fc.asyncProperty(payload, async (answer) => {
        for (const ask of [
          (session: Session) => openNode(session, '/dev/mem', 0),
          (session: Session) => makeMemory(session, { node: 0, flags: 0, base: 0, length: 8 }),
          (session: Session) => readNode(session, 0, 0, 16),
        ]) {
          const session = await boardThat(() => answer)
          const found = await ask(session).catch(({ code }) => code)
          if (found instanceof Uint8Array) expect(found.length).toBeLessThanOrEqual(16)
          else if (typeof found === 'object') {
            expect(Object.values(found)).toEqual([
              expect.toSatisfy((one) => /number|string/.test(typeof one)),
            ])
          } else expect(found).toBe('ECONNECTION')
          await session.close()
        }
      }),
      { numRuns: 200 },
    )
  })
})
