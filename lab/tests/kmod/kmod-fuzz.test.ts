/** The kernel module under random and nearly right calls (guest/kmod-fuzz.c): the kernel lives, unharmed. */
import { describe, expect, it } from 'vitest'
import { labTitle, labUnavailable } from '../../machine/available.ts'
import type { Arch, Series } from '../../supply/arch.ts'
import { archFacts } from '../../supply/arch.ts'
import { ensureOtherKernel, otherKernelUnavailable } from '../../supply/other-kernels.ts'
import { expectFuzzed } from './kmod-fuzz.ts'

/** A look at each; lab/tests/built has more on the kernel that tells most. */
const runs: readonly (readonly [arch: Arch, series: Series, seconds: number])[] = [
  ['x86_64', '6.12', 20],
  ['x86_64', '6.1', 10],
  ['aarch64', '6.12', 10],
  ['aarch64', '6.1', 10],
]

describe.each(runs)('the module fuzzed, %s %s', (arch, series, seconds) => {
  const reason = labUnavailable(arch, series)
  it.skipIf(reason)(
    labTitle(`for ${seconds} seconds on ${archFacts[arch].debian}`, reason),
    async () => {
      await expectFuzzed({ arch, series }, seconds)
      expect.hasAssertions()
    },
    400_000,
  )
})

describe.each(['bullseye', 'sid'] as const)('the module fuzzed, x86_64 of Debian %s', (release) => {
  const reason = labUnavailable('x86_64', '6.12') ?? otherKernelUnavailable(release)
  it.skipIf(reason)(
    labTitle('for 10 seconds', reason),
    async () => {
      await expectFuzzed({ arch: 'x86_64', kernel: await ensureOtherKernel(release) }, 10)
      expect.hasAssertions()
    },
    400_000,
  )
})
