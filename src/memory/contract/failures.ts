import assert from 'node:assert/strict'
import { AccessError, ConditionError, type PhysmemError } from '../../base/errors.ts'
import type { BlockPart, RunResults } from '../../base/run-results.ts'
import { REASONS } from '../failure.ts'
import { Program } from '../program.ts'
import type { Step } from '../step.ts'
import { at, bytesOf, type ContractCase, type ContractSubject, errorOf } from './case.ts'

const noFault = ({ faultAddress }: ContractSubject) =>
  faultAddress === undefined ? 'no address is known to fault' : undefined

const noFaultBehind = ({ base, length, faultAddress }: ContractSubject) =>
  faultAddress === base + length ? undefined : 'nothing is known to fault after the stretch'

function resultsOf(error: PhysmemError): RunResults {
  assert.ok(error.results, 'the error carries no results')
  return error.results
}

/** Programs that stop half way. */
export const failureCases: readonly ContractCase[] = [
  {
    name: 'fails a wait whose condition stays away, and tells the last value',
    async check(subject) {
      const { memory, base, widths } = subject
      for (const width of widths) {
        await memory.write(base, width, 0x40)
        const started = performance.now()
        const options = { mask: 0xc0, equals: 0x80, timeoutMs: 20 }
        const error = await errorOf(memory.wait(base, width, options))
        assert.ok(performance.now() - started < 10_000)
        assert.ok(error instanceof ConditionError)
        assert.equal(error.code, 'ETIMEOUT')
        assert.equal(
          error.message,
          `wait at ${at(subject, base)} timed out after 20 ms: (0x40 & 0xc0) is not 0x80`,
        )
        assert.equal(error.data.step, 0)
        assert.equal(error.data.address, base)
        assert.equal(error.data.width, width)
        assert.equal(error.data.direction, 'read')
        assert.equal(error.data.value, width === 64 ? 0x40n : 0x40)
        assert.equal(resultsOf(error).lastSeen(0), width === 64 ? 0x40n : 0x40)
      }
    },
  },
  {
    name: 'fails a negated wait while the value stays',
    async check(subject) {
      const { memory, base } = subject
      await memory.write32(base, 7)
      const options = { equals: 7, negate: true, timeoutMs: 5, intervalUs: 1000 }
      const error = await errorOf(memory.wait(base, 32, options))
      assert.equal(
        error.message,
        `wait at ${at(subject, base)} timed out after 5 ms: 0x7 is still 0x7`,
      )
    },
  },
  {
    name: 'stops at the step that fails: what was before is done, what is after is not',
    async check(subject) {
      const { memory, base } = subject
      await memory.fill(base, 32, 4, 0x11)
      const error = await errorOf(
        memory.run(
          new Program([
            { op: 'read', address: base, width: 32 },
            { op: 'write', address: base, width: 32, value: 0x22 },
            { op: 'wait', address: base, width: 32, mask: 1, equals: 1, timeoutMs: 1 },
            { op: 'write', address: base + 4, width: 32, value: 0x33 },
            { op: 'read', address: base + 4, width: 32 },
          ]),
        ),
      )
      assert.equal(error.code, 'ETIMEOUT')
      assert.equal(error.data.step, 2)
      assert.match(error.message, /^step 2: wait at /)
      const results = resultsOf(error)
      assert.equal(results.done, 2)
      assert.equal(results.value(0), 0x11)
      assert.equal(await memory.read32(base), 0x22)
      assert.equal(await memory.read32(base + 4), 0x11)
    },
  },
  {
    name: 'has no result for a step that was not done',
    async check({ memory, base }) {
      await memory.write32(base, 0)
      const steps: Step[] = [
        { op: 'wait', address: base, width: 32, mask: 1, equals: 1, timeoutMs: 0 },
        { op: 'read', address: base, width: 32 },
        { op: 'readBlock', address: base, width: 32, count: 1 },
        { op: 'update', address: base, width: 32, mask: 1, value: 1 },
      ]
      const results = resultsOf(await errorOf(memory.run(new Program(steps))))
      for (const [step, get] of [
        [0, () => results.value(0)],
        [0, () => results.elapsedUs(0)],
        [1, () => results.value(1)],
        [2, () => results.bytes(2)],
        [2, () => results.partialBytes(2, 1)],
        [3, () => results.written(3)],
        [4, () => results.value(4)],
      ] as const) {
        const error = await errorOf(get)
        assert.equal(error.code, 'ERANGE')
        assert.equal(error.message, `step ${step} has no result: 0 steps were done`)
      }
    },
  },
  {
    name: 'makes an error of a fault, with the step, the address, the width and the direction',
    skip: noFault,
    async check(subject) {
      const { memory, base, widths } = subject
      const address = subject.faultAddress as number
      for (const width of widths) {
        for (const op of ['read', 'write'] as const) {
          await memory.write32(base, 0x44)
          const failing: Step =
            op === 'read' ? { op, address, width } : { op, address, width, value: 1 }
          const error = await errorOf(
            memory.run(
              new Program([
                { op: 'read', address: base, width: 32 },
                failing,
                { op: 'write', address: base, width: 32, value: 0x55 },
              ]),
            ),
          )
          assert.ok(error instanceof AccessError, `expected an AccessError, got ${error.name}`)
          assert.match(error.code, /^EFAULT_(BUS|SEGV)$/)
          const start = `step 1: ${width}-bit ${op} at ${at(subject, address)} failed: `
          assert.equal(error.message.slice(0, start.length), start)
          const { step, direction } = error.data
          assert.deepEqual({ step, direction }, { step: 1, direction: op })
          assert.deepEqual([error.data.address, error.data.width], [address, width])
          assert.equal(resultsOf(error).done, 1)
          assert.equal(resultsOf(error).value(0), 0x44)
          assert.equal(await memory.read32(base), 0x44, 'the step after the fault was done')
        }
      }
    },
  },
  {
    name: 'keeps working after a fault, and faults again at the same address',
    skip: noFault,
    async check({ memory, base, faultAddress }) {
      for (let i = 0; i < 20; i++) {
        await memory.write32(base, i)
        const error = await errorOf(memory.read32(faultAddress as number))
        assert.match(error.code, /^EFAULT_/)
        assert.equal(await memory.read32(base), i)
      }
    },
  },
  {
    name: 'fails an update and a wait at an address that faults',
    skip: noFault,
    async check({ memory, faultAddress }) {
      const address = faultAddress as number
      for (const work of [
        memory.update(address, 32, 1, 1),
        memory.wait(address, 32, { equals: 0, timeoutMs: 1000 }),
      ]) {
        const error = await errorOf(work)
        assert.match(error.code, /^EFAULT_/)
        assert.equal(resultsOf(error).done, 0)
      }
    },
  },
  {
    name: 'says how many elements of a block were done before the fault',
    skip: noFaultBehind,
    async check(subject) {
      const { memory, base, length, widths } = subject
      const end = base + length
      for (const width of widths) {
        const bytes = width / 8
        const data = bytesOf(5 * bytes, width)
        await memory.writeBlock(end - 5 * bytes, width, data)
        const block = { address: end - 5 * bytes, width, count: 9 } as const
        const read = await errorOf(memory.readBlock(block.address, width, block.count))
        checkBlock(subject, read, 'read', width)
        assert.deepEqual(Uint8Array.from(resultsOf(read).partialBytes(0, 5)), data)

        const more = bytesOf(9 * bytes, width + 1)
        const write = await errorOf(memory.writeBlock(block.address, width, more))
        checkBlock(subject, write, 'write', width)
        const stored = await memory.readBlock(block.address, width, 5)
        assert.deepEqual(stored, more.slice(0, 5 * bytes))

        const fill = await errorOf(memory.run(new Program([{ op: 'fill', ...block, value: 0x7e }])))
        checkBlock(subject, fill, 'write', width)
        assert.equal(await memory.read(end - bytes, width), width === 64 ? 0x7en : 0x7e)
      }
    },
  },
  {
    name: 'passes over what nothing answers where it is to, and over nothing else',
    skip: noFaultBehind,
    async check(subject) {
      const { memory, base, length, widths } = subject
      const end = base + length
      for (const width of widths) {
        const bytes = width / 8
        const data = bytesOf(5 * bytes, width)
        await memory.writeBlock(end - 5 * bytes, width, data)
        const block = { op: 'readBlock', address: end - 5 * bytes, width, count: 19 } as const
        const program = new Program([{ ...block, onFault: 'skip' }, { op: 'fence' }])
        const there = { first: 0, count: 5, bytes: data }
        const { reason } = (await errorOf(memory.read(end, width))).data
        if (reason === REASONS.EFAULT_BUS) {
          const results = await memory.run(program)
          assert.equal(results.done, 2)
          assert.deepEqual(plain(results.parts(0)), [there, { first: 5, count: 14 }])
        } else {
          const error = await errorOf(memory.run(program))
          assert.deepEqual([error.data.elementsDone, error.data.reason], [5, reason])
          assert.deepEqual(plain(resultsOf(error).parts(0, 5)), [there])
        }
      }
    },
  },
]

function plain(parts: readonly BlockPart[]): unknown {
  return parts.map(({ bytes, ...rest }) => ({
    ...rest,
    ...(bytes && { bytes: Uint8Array.from(bytes) }),
  }))
}

function checkBlock(
  subject: ContractSubject,
  error: PhysmemError,
  direction: 'read' | 'write',
  width: number,
): void {
  const end = subject.base + subject.length
  assert.ok(error instanceof AccessError, `expected an AccessError, got ${error.name}`)
  assert.equal(error.data.elementsDone, 5)
  assert.deepEqual([error.data.address, error.data.width], [end, width])
  assert.equal(error.data.direction, direction)
  assert.equal(resultsOf(error).done, 0)
  const participle = direction === 'read' ? 'read' : 'written'
  assert.match(error.message, new RegExp(`; 5 of 9 elements were ${participle}$`))
}
