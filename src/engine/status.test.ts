import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { PhysmemError } from '../base/errors.ts'
import { Program } from '../memory/program.ts'
import type { Step } from '../memory/step.ts'
import { openFile } from '../ways/file.ts'
import { loadAddon } from './addon.ts'
import { MappedMemory } from './mapped.ts'
import { STATUSES } from './status.ts'
import { noCompiler, numbersOf } from './testing/header.ts'

const header = fileURLToPath(new URL('../../native/engine.h', import.meta.url))
const skipped = noCompiler ? ` [skipped: ${noCompiler}]` : ''

it.skipIf(noCompiler)(`each status has the number that it has in the engine${skipped}`, () => {
  const numbers = Object.fromEntries(
    STATUSES.map((name, number) => [`PM_${name.toUpperCase().replaceAll('-', '_')}`, number]),
  )
  expect(numbersOf(header, Object.keys(numbers))).toEqual(numbers)
})

type Ended = Exclude<(typeof STATUSES)[number], 'ok' | 'pending'>

const hasEngine = process.platform === 'linux'

/** This file, mapped. */
const open = () => new MappedMemory(openFile(fileURLToPath(import.meta.url), 'read'))

async function failure(work: () => unknown): Promise<[string, string, number | undefined]> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof PhysmemError)) throw error
    return [error.code, error.message.replace(fileURLToPath(import.meta.url), 'F'), error.data.step]
  }
  throw new Error('it was done')
}

const read: Step = { op: 'read', address: 8, width: 32 }
const short = new Program([read])
/** The engine keeps this one, and checks it before it is run. */
const long = () => new Program(Array<Step>(16).fill(read))

describe.skipIf(!hasEngine)('what the engine says', () => {
  const addon = loadAddon()
  afterEach(() => vi.restoreAllMocks())

  const ended = STATUSES.filter(
    (status): status is Ended => status !== 'ok' && status !== 'pending',
  )

  it.each(ended)('%s is an error with a code, of programs of any length', async (status) => {
    const wait: Step = { op: 'wait', address: 8, width: 32, mask: 1, equals: 1, timeoutMs: 5 }
    const program = status === 'timed-out' ? new Program([wait]) : short
    const create = vi.spyOn(addon, 'memoryCreate')
    await using memory = open()
    const outcome = create.mock.lastCall?.[5] as Float64Array
    const tell = () => outcome.set([STATUSES.indexOf(status), 0, 0, 0, 1, 8])
    vi.spyOn(addon, 'run').mockImplementation((...work) => {
      tell()
      const cells = work[2]
      if (cells instanceof BigUint64Array) cells[0] = 6n
    })
    vi.spyOn(addon, 'programCheck').mockImplementation(() => void tell())
    const [code, message] = await failure(() => memory.run(program))
    expect([code, message]).toEqual(EXPECTED[status])
    if (status === 'timed-out') return
    const [again] = await failure(() => memory.run(long()))
    expect(again).toBe(code)
  })

  it('says when there is no memory for what it makes', async () => {
    const none = () => {
      throw Object.assign(new Error('refused by the system'), { errno: constants.errno.ENOMEM })
    }
    const create = vi.spyOn(addon, 'memoryCreate').mockImplementation(none)
    const expected = ['ENOMEMORY', 'F: this process is out of memory; nothing was done', undefined]
    expect(await failure(open)).toEqual(expected)
    create.mockRestore()
    await using memory = open()
    vi.spyOn(addon, 'programCheck').mockImplementation(none)
    expect(await failure(() => memory.run(long()))).toEqual(expected)
  })
})

const cpu = process.arch

const EXPECTED: Record<Ended, [code: string, message: string]> = {
  'bad-program': [
    'EUSAGE',
    'step 0 at 0x00000008 (F): the engine rejects this program as malformed',
  ],
  'map-failed': [
    'EREFUSED',
    '0x00000008 (F) cannot be mapped: the kernel does not permit it (EPERM)',
  ],
  'fault-bus': ['EFAULT_BUS', '32-bit read at 0x00000008 (F) failed: the file ends before'],
  'fault-segv': [
    'EFAULT_SEGV',
    '32-bit read at 0x00000008 (F) failed: the mapping does not allow it (segmentation fault)',
  ],
  'timed-out': ['ETIMEOUT', 'wait at 0x00000008 (F) timed out after 5 ms: (0x6 & 0x1) is not 0x1'],
  cancelled: ['EABORT', 'read at 0x00000008 (F) was stopped by the caller'],
  'no-such-width': [
    'EWIDTH',
    `0x00000008 (F): this CPU (${cpu}) has no single 64-bit access; use a width of 8, 16 or 32`,
  ],
  'out-of-range': ['ERANGE', 'step 0 at 0x00000008 (F): the engine finds no such address in it'],
  'no-memory': ['ENOMEMORY', 'F: this process is out of memory; nothing was done'],
  'no-cache-control': [
    'EPLATFORM',
    `0x00000008 (F): this CPU (${cpu}) allows cache-line instructions only in the kernel`,
  ],
  'read-only': ['EREADONLY', 'step 0 at 0x00000008 (F): it was opened for reading only'],
}
