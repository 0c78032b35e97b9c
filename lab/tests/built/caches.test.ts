/**
 * docs/experiments/caches.md, typed word by word on the kernel that shows the page tables of a
 * process.
 */
import { describe, expect, it } from 'vitest'
import { builtUnavailable, labTitle } from '../../machine/available.ts'
import { startMachine } from '../../machine/machine.ts'
import { ensureBuiltKernel } from '../../supply/built-kernel.ts'
import { Page } from '../experiments/page.ts'
import { cachingFolder, cachingProgram } from '../experiments/programs.ts'

const reason = builtUnavailable()

describe.skipIf(reason)(labTitle('experiment: caches', reason), () => {
  it('is as the page says', async () => {
    await using machine = await startMachine({
      arch: 'x86_64',
      kernel: await ensureBuiltKernel(),
      modules: ['physmem'],
      files: [await cachingProgram()],
      bootTimeoutMs: 150_000,
      lifetimeMs: 400_000,
    })
    const { differences, stderr } = await new Page('caches').follow(
      machine,
      ['1024', '64', '0x12345678'],
      cachingFolder,
    )
    expect({ differences, stderr }).toEqual({ differences: [], stderr: '' })
  }, 300_000)
})
