import { describe, expect, it } from 'vitest'
import { PhysmemError, RequestError } from '../base/errors.ts'
import { loadAddon } from '../engine/addon.ts'
import type { LocalSystem } from '../linux/system.ts'
import { owners, ProcessTranslator, readPages, translate, translateAll } from './index.ts'
import { translateKernel } from './kernel.ts'
import { entries, FakeMachine } from './testing/fake-process.ts'

const { pageSize } = loadAddon()
const page = (number: number) => (number * pageSize).toString(16)
const wrong = <T>(value: unknown) => value as T

/** What a call is refused with. */
async function refused(call: (system: LocalSystem) => unknown): Promise<string> {
  using root = new FakeMachine()
    .reader()
    .process(10, [`${page(16)}-${page(18)} rw-p 00000000 00:00 0 `], { 16: entries.present(5) })
  try {
    await call(root.system)
  } catch (error) {
    if (!(error instanceof PhysmemError)) throw error
    expect(error).toBeInstanceOf(RequestError)
    return `${error.code}: ${error.message}`
  }
  throw new Error('it was not refused')
}

const most = 2 ** 23 * pageSize
const bulk = `expected 1 to ${most} bytes, or translateAll, which takes no memory for holes`
const virtual = 'expected 0x0 to 0xffffffffffffffff'

describe('what is not a question', () => {
  it.each([
    [
      'length -1',
      (system: LocalSystem) => readPages(10, 0n, -1, system),
      `-1 is not a length to be read at once: ${bulk}`,
    ],
    [
      'length 2^46',
      (system: LocalSystem) => readPages(10, 0n, 2 ** 46, system),
      `${2 ** 46} is not a length to be read at once: ${bulk}`,
    ],
    [
      'length 1.5',
      (system: LocalSystem) => readPages(10, 0n, 1.5, system),
      `1.5 is not a length to be read at once: ${bulk}`,
    ],
    [
      'end',
      (system: LocalSystem) => readPages(10, 2n ** 64n - 1n, 2, system),
      '0xffffffffffffffff and 0x2 bytes: the end is beyond virtual memory',
    ],
    [
      '-1n',
      (system: LocalSystem) => translate(10, -1n, system),
      `-0x1 is not a virtual address: ${virtual}`,
    ],
    [
      '1n << 64n',
      (system: LocalSystem) => translate(10, 1n << 64n, system),
      `0x10000000000000000 is not a virtual address: ${virtual}`,
    ],
    [
      'kernel',
      (system: LocalSystem) => translateKernel(1n << 64n, system),
      `0x10000000000000000 is not a virtual address: ${virtual}`,
    ],
    [
      'pid 1.5',
      (system: LocalSystem) => translate(1.5, 0n, system),
      '1.5 is not a process number: expected a whole number from 1 to 2147483647',
    ],
    [
      'pid -1',
      (system: LocalSystem) => translateAll(-1, system),
      '-1 is not a process number: expected a whole number from 1 to 2147483647',
    ],
    [
      'pid NaN',
      (system: LocalSystem) => new ProcessTranslator(Number.NaN, system),
      'NaN is not a process number: expected a whole number from 1 to 2147483647',
    ],
    [
      'owner -1',
      (system: LocalSystem) => owners([-1], {}, system),
      '-1 is not a physical address: expected a whole number from 0x0 to 0xfffffffffffff',
    ],
  ])('is a RequestError ERANGE: %s', async (_, call, message) => {
    expect(await refused(call)).toBe(`ERANGE: ${message}`)
  })

  it.each([
    [
      'a number as virtual address',
      (system: LocalSystem) => translate(10, wrong(0x1000), system),
      'a virtual address: expected a bigint, not 4096',
    ],
    [
      'a text as process',
      (system: LocalSystem) => translate(wrong('10'), 0n, system),
      'a process number: expected a number, not "10"',
    ],
    [
      'a bigint as length',
      (system: LocalSystem) => readPages(10, 0n, wrong(1n), system),
      'a length: expected a number, not 1n',
    ],
    [
      'a bigint as physical address',
      (system: LocalSystem) => owners([wrong(1n)], {}, system),
      'a physical address: expected a number, not 1n',
    ],
    [
      'null',
      (system: LocalSystem) => translateKernel(wrong(null), system),
      'a virtual address: expected a bigint, not null',
    ],
  ])('is a RequestError EUSAGE: %s', async (_, call, message) => {
    expect(await refused(call)).toBe(`EUSAGE: ${message}`)
  })
})
