import { describe, expect, it, vi } from 'vitest'
import { systemAt } from '../engine/system-at.ts'
import { readSpecialTypes } from '../linux/special-types.ts'
import { EntryDecoder } from './entry-decoder.ts'
import { OwnerIndex } from './index.ts'
import { entries, FakeMachine } from './testing/fake-process.ts'

vi.mock('../linux/special-types.ts', async (original) => {
  const module = await original<typeof import('../linux/special-types.ts')>()
  return { readSpecialTypes: vi.fn(module.readSpecialTypes) }
})

describe('what the kernel was built with', () => {
  it('is read once for all processes, also where nothing tells it', async () => {
    vi.mocked(readSpecialTypes).mockClear()
    using root = new FakeMachine().reader()
    for (const pid of [10, 11]) {
      root.process(pid, ['00010000-00030000 rw-p 00000000 00:00 0 '], {
        16: entries.swap(27, 1),
        17: entries.swap(27, 2),
      })
    }
    await OwnerIndex.build({}, root.system)
    expect(readSpecialTypes).toHaveBeenCalledTimes(1)
  })

  it('is not read for what means the same to every kernel', () => {
    vi.mocked(readSpecialTypes).mockClear()
    const decoder = new EntryDecoder(systemAt('/nowhere'))
    const kinds = [entries.guard, entries.present(5), entries.swap(22, 1), 0n].map(
      (entry) => decoder.decode(Number(entry & 0xffff_ffffn), Number(entry >> 32n)).kind,
    )
    expect(kinds).toEqual(['guard', 'present', 'swap', 'absent'])
    expect(readSpecialTypes).not.toHaveBeenCalled()
  })
})
