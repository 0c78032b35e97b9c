/** docs/experiments/user-memory.md by /dev/mem, on the kernel that lets it reach RAM. */
import { describe, it } from 'vitest'
import { builtUnavailable, labTitle } from '../../machine/available.ts'
import { startMachine } from '../../machine/machine.ts'
import { ensureBuiltKernel } from '../../supply/built-kernel.ts'
import { variableProgram } from '../experiments/programs.ts'
import { followUserMemory } from '../experiments/user-memory.ts'

const reason = builtUnavailable()

describe.skipIf(reason)(labTitle('experiment: user memory, by /dev/mem', reason), () => {
  it('is as the page says', async () => {
    await using machine = await startMachine({
      arch: 'x86_64',
      kernel: await ensureBuiltKernel(),
      append: 'nopat',
      files: [await variableProgram('x86_64')],
      bootTimeoutMs: 150_000,
      lifetimeMs: 400_000,
    })
    await followUserMemory(machine, '/dev/mem')
  }, 300_000)
})
