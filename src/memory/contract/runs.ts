import assert from 'node:assert/strict'
import { ConditionError } from '../../base/errors.ts'
import { Program } from '../program.ts'
import type { Step } from '../step.ts'
import { type ContractCase, errorOf } from './case.ts'

const STOPPED = /^step 1: (?:wait at 0x[0-9a-f]+ \(.+\)|delay in .+) was stopped by the caller$/

/** Runs as a whole: long, concurrent, stopped, closed. */
export const runCases: readonly ContractCase[] = [
  {
    name: 'runs an empty program',
    async check({ memory }) {
      assert.equal((await memory.run(new Program([]))).done, 0)
    },
  },
  {
    name: 'runs a program twice, with results of its own each time',
    async check({ memory, base }) {
      const program = new Program([
        { op: 'update', address: base, width: 32, mask: 0xff, value: 2 },
        { op: 'readBlock', address: base, width: 8, count: 1 },
      ])
      await memory.write32(base, 1)
      const first = await memory.run(program)
      await memory.write32(base, 7)
      const second = await memory.run(program)
      assert.deepEqual([first.value(0), second.value(0)], [1, 7])
      await memory.write32(base, 9)
      assert.deepEqual([...first.bytes(1), ...second.bytes(1)], [2, 2])
    },
  },
  {
    name: 'runs a program of 10,000 steps',
    async check({ memory, base }) {
      const steps: Step[] = []
      for (let i = 0; i < 5000; i++) {
        const address = base + ((i * 4) % 4096)
        steps.push({ op: 'write', address, width: 32, value: i * 3 })
        steps.push({ op: 'read', address, width: 32 })
      }
      const results = await memory.run(new Program(steps))
      assert.equal(results.done, 10_000)
      for (let i = 0; i < 5000; i++) assert.equal(results.value(i * 2 + 1), i * 3)
    },
  },
  {
    name: 'does runs that were started together one after the other, in order',
    async check({ memory, base }) {
      const at = { address: base, width: 32 } as const
      await memory.write32(base, 0)
      const runs = Array.from({ length: 20 }, (_, i) =>
        memory.run(
          new Program([
            { op: 'read', ...at },
            { op: 'write', ...at, value: 1000 + i },
            // Some pause and some do not: a short one must not overtake.
            { op: 'delay', us: i % 3 === 0 ? 2000 : 0 },
            { op: 'read', ...at },
            { op: 'write', ...at, value: i + 1 },
          ]),
        ),
      )
      for (const [i, run] of runs.entries()) {
        const results = await run
        assert.equal(results.value(0), i)
        assert.equal(results.value(3), 1000 + i)
      }
      assert.equal(await memory.read32(base), 20)
    },
  },
  {
    name: 'goes on with the next run after one that failed',
    async check({ memory, base }) {
      await memory.write32(base, 0)
      const failing = errorOf(memory.wait(base, 32, { equals: 1, timeoutMs: 5 }))
      const next = memory.read32(base)
      assert.equal((await failing).code, 'ETIMEOUT')
      assert.equal(await next, 0)
    },
  },
  {
    name: 'waits at least as long as a delay says',
    async check({ memory, base }) {
      const started = performance.now()
      await memory.run(
        new Program([
          { op: 'delay', us: 20_000 },
          { op: 'read', address: base, width: 32 },
        ]),
      )
      assert.ok(performance.now() - started >= 19, `${performance.now() - started} ms`)
    },
  },
  {
    name: 'stops a long wait and a long delay when its caller says so, and says what was done',
    async check({ memory, base }) {
      const long: Step[] = [
        { op: 'wait', address: base, width: 32, mask: 1, equals: 1, timeoutMs: 60_000 },
        {
          op: 'wait',
          address: base,
          width: 32,
          mask: 1,
          equals: 1,
          timeoutMs: 60_000,
          intervalUs: 3e7,
        },
        { op: 'delay', us: 60_000_000 },
      ]
      for (const step of long) {
        await memory.write32(base, 0)
        const started = performance.now()
        const program = new Program([
          { op: 'write', address: base, width: 32, value: 8 },
          step,
          { op: 'write', address: base, width: 32, value: 9 },
        ])
        const signal = AbortSignal.timeout(250)
        const error = await errorOf(memory.run(program, { signal }))
        assert.ok(performance.now() - started < 10_000, 'it went on')
        assert.ok(error instanceof ConditionError, `expected a ConditionError, got ${error.name}`)
        assert.equal(error.code, 'EABORT')
        assert.match(error.message, STOPPED)
        assert.equal(error.cause, signal.reason)
        assert.equal(error.data.step, 1)
        assert.equal(error.results?.done, 1)
        assert.equal(await memory.read32(base), 8)
      }
    },
  },
  {
    name: 'does nothing for a caller who has said stop before',
    async check({ memory, base }) {
      await memory.write32(base, 3)
      const program = new Program([{ op: 'write', address: base, width: 32, value: 4 }])
      const reason = new Error('the bench is stopped')
      const error = await errorOf(memory.run(program, { signal: AbortSignal.abort(reason) }))
      assert.equal(error.code, 'EABORT')
      assert.equal(error.cause, reason)
      assert.equal(error.results?.done, 0)
      assert.equal(await memory.read32(base), 3)
    },
  },
  {
    name: 'tells a run that is stopped before its turn at once, with nothing done',
    async check({ memory, base }) {
      await memory.write32(base, 3)
      const order: string[] = []
      const first = memory.run(new Program([{ op: 'delay', us: 50_000 }]))
      const firstTold = first.then(() => order.push('first'))
      const end = new AbortController()
      const program = new Program([{ op: 'write', address: base, width: 32, value: 4 }])
      const second = errorOf(memory.run(program, { signal: end.signal }))
      const secondTold = second.then(() => order.push('second'))
      end.abort()
      await Promise.all([firstTold, secondTold])
      assert.deepEqual(order, ['second', 'first'])
      const error = await second
      assert.equal(error.code, 'EABORT')
      assert.equal(error.results?.done, 0)
      assert.equal(await memory.read32(base), 3)
    },
  },
  {
    name: 'is closed for good after close, which may be called twice',
    async check({ memory, base }) {
      const last = memory.run(
        new Program([
          { op: 'delay', us: 1000 },
          { op: 'read', address: base, width: 32 },
        ]),
      )
      await memory.close()
      await memory.close()
      assert.equal((await last).done, 2, 'a run that was accepted before close was not finished')
      for (const work of [
        memory.read32(base),
        memory.write32(base, 1),
        memory.run(new Program([])),
      ]) {
        const error = await errorOf(work)
        assert.equal(error.code, 'ECLOSED')
        assert.equal(error.message, `${memory.name} is closed`)
      }
    },
  },
]
