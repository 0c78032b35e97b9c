import assert from 'node:assert/strict'
import { RequestError } from '../../errors.ts'
import { Program } from '../program.ts'
import type { Step, Width } from '../step.ts'
import { type ContractCase, type ContractSubject, errorOf, hex } from './case.ts'

const SENTINEL = 0x5afe_c0de

/** Runs a step behind a write; the write must not have happened when the step is refused. */
async function refused(subject: ContractSubject, step: Step): Promise<RequestError> {
  const { memory, base } = subject
  await memory.write32(base, SENTINEL)
  const first: Step = { op: 'write', address: base, width: 32, value: 1 }
  const error = await errorOf(() => memory.run(new Program([first, step])))
  assert.equal(await memory.read32(base), SENTINEL, 'the step before the wrong one was done')
  assert.ok(error instanceof RequestError, `expected a RequestError, came ${error.name}`)
  assert.equal(error.data.step, 1)
  assert.equal(error.results, undefined)
  return error
}

/** Requests that are wrong: nothing may be touched. */
export const refusalCases: readonly ContractCase[] = [
  {
    name: 'refuses a misaligned address before anything is touched',
    async check(subject) {
      for (const width of [16, 32, 64] as const) {
        const address = subject.base + 8 + width / 16
        const error = await refused(subject, { op: 'read', address, width })
        assert.equal(error.code, 'EALIGN')
        assert.equal(
          error.message,
          `${hex(address)} is not a multiple of ${width / 8}: a ${width}-bit access would not be one access`,
        )
      }
    },
  },
  {
    name: 'refuses a value wider than the access before anything is touched',
    async check(subject) {
      const address = subject.base
      const error = await refused(subject, { op: 'write', address, width: 8, value: 0x100 })
      assert.equal(error.code, 'EVALUE')
      assert.equal(error.message, 'the value 0x100 does not fit in 8 bits')
      const negative = await errorOf(subject.memory.write32(address, -1))
      assert.equal(negative.message, 'the value -1 does not fit in 32 bits')
    },
  },
  {
    name: 'refuses a width that does not exist before anything is touched',
    async check(subject) {
      const width = 24 as Width
      const error = await refused(subject, { op: 'read', address: subject.base, width })
      assert.equal(error.code, 'EWIDTH')
      assert.equal(error.message, 'a width of 24 bits: expected 8, 16, 32 or 64')
    },
  },
  {
    name: 'refuses an address that no CPU has before anything is touched',
    async check(subject) {
      for (const address of [2 ** 52, -4, Number.NaN]) {
        const error = await refused(subject, { op: 'read', address, width: 32 })
        assert.equal(error.code, 'ERANGE')
      }
    },
  },
  {
    name: 'refuses what lies beyond the end of the memory before anything is touched',
    skip: ({ memory }) =>
      memory.length === undefined ? 'the memory does not know its length' : undefined,
    async check(subject) {
      const { memory } = subject
      const length = Math.floor((memory.length ?? 0) / 8) * 8
      const steps: Step[] = [
        { op: 'read', address: length + 8, width: 32 },
        { op: 'readBlock', address: length - 8, width: 32, count: 5 },
        { op: 'fill', address: length - 8, width: 8, count: 100, value: 0 },
      ]
      for (const step of steps) assert.equal((await refused(subject, step)).code, 'ERANGE')
    },
  },
  {
    name: 'refuses to wait for bits outside the mask',
    async check(subject) {
      const error = await refused(subject, {
        op: 'wait',
        address: subject.base,
        width: 32,
        mask: 0x1,
        equals: 0x2,
        timeoutMs: 1,
      })
      assert.equal(error.code, 'EVALUE')
    },
  },
]
