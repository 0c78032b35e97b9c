import assert from 'node:assert/strict'
import { RequestError } from '../../base/errors.ts'
import type { Width } from '../../base/width.ts'
import { formatAddress } from '../../text/number.ts'
import type { Memory } from '../memory.ts'
import { Program } from '../program.ts'
import type { Step } from '../step.ts'
import { type ContractCase, type ContractSubject, errorOf } from './case.ts'

const SENTINEL = 0x5afe_c0de

/**
 * Runs a step after others, also where the first would fault: none of them must have happened when
 * the step is refused.
 */
async function refused(subject: ContractSubject, step: Step): Promise<RequestError> {
  const { memory, base, faultAddress } = subject
  await memory.write32(base, SENTINEL)
  const first: Step = { op: 'write', address: base, width: 32, value: 1 }
  const error = await refusedBehind(memory, [first], step)
  assert.equal(await memory.read32(base), SENTINEL, 'the step before the wrong one was done')
  if (faultAddress === undefined) return error
  return refusedBehind(memory, [{ op: 'read', address: faultAddress, width: 8 }], step)
}

async function refusedBehind(memory: Memory, first: Step[], step: Step): Promise<RequestError> {
  const error = await errorOf(() => memory.run(new Program([...first, { op: 'fence' }, step])))
  assert.ok(error instanceof RequestError, `expected a RequestError, got ${error.name}`)
  assert.equal(error.data.step, first.length + 1)
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
          `step 2: ${formatAddress(address)} is not a multiple of ${width / 8}: a ${width}-bit access would not be one access`,
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
      assert.equal(error.message, 'step 2: the value 0x100 does not fit in 8 bits')
      assert.deepEqual([error.data.address, error.data.value], [address, 0x100])
      const negative = await errorOf(subject.memory.write32(address, -(2 ** 31) - 1))
      assert.equal(negative.message, 'the value -2147483649 does not fit in 32 bits')
    },
  },
  {
    name: 'calls what is not a number that, before anything is touched',
    async check(subject) {
      const text = '0x10' as unknown as number
      const error = await refused(subject, { op: 'read', address: text, width: 8 })
      assert.equal(error.code, 'EUSAGE')
      assert.equal(error.message, 'step 2: a string is not an address: expected a number')
      assert.equal(error.data.input, '0x10')
      const value = await refused(subject, {
        op: 'write',
        address: subject.base,
        width: 8,
        value: text,
      })
      assert.equal(value.message, 'step 2: a string is not a value: expected a number or a bigint')
    },
  },
  {
    name: 'refuses a width that does not exist before anything is touched',
    async check(subject) {
      const width = 24 as Width
      const error = await refused(subject, { op: 'read', address: subject.base, width })
      assert.equal(error.code, 'EWIDTH')
      assert.equal(error.message, 'step 2: a width of 24 bits: expected 8, 16, 32 or 64')
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
    name: 'refuses a width that this memory or CPU lacks before anything is touched',
    skip: ({ widths }) => (widths.includes(64) ? 'it has all widths' : undefined),
    async check(subject) {
      const at = { address: subject.base, width: 64 } as const
      const steps: Step[] = [
        { op: 'read', ...at },
        { op: 'fill', ...at, count: 1, value: 0 },
      ]
      for (const step of steps) assert.equal((await refused(subject, step)).code, 'EWIDTH')
    },
  },
  {
    name: 'refuses writes to what was opened for reading before anything is touched',
    skip: ({ reading }) => (reading === undefined ? 'it is not opened for reading' : undefined),
    async check({ reading, base, faultAddress = base }) {
      const at = { address: base, width: 32 } as const
      const steps: Step[] = [
        { op: 'write', ...at, value: 1 },
        { op: 'update', ...at, mask: 1, value: 1 },
        { op: 'fill', ...at, count: 1, value: 1 },
        { op: 'writeBlock', ...at, data: new Uint8Array(4) },
      ]
      for (const step of steps) {
        const before: Step[] = [{ op: 'read', address: faultAddress, width: 8 }]
        const error = await refusedBehind(reading as Memory, before, step)
        assert.equal(error.code, 'EREADONLY')
      }
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
