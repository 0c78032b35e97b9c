/**
 * The module fuzzed for a minute on the kernel that tells most of what a module does wrong: KASAN,
 * lockdep, slab debugging.
 */
import { describe, expect, it } from 'vitest'
import { builtUnavailable, labTitle } from '../available.ts'
import { ensureBuiltKernel } from '../built-kernel.ts'
import { expectFuzzed } from '../kmod-fuzz.ts'

const reason = builtUnavailable()

describe.skipIf(reason)(labTitle('the module on a kernel with KASAN and lockdep', reason), () => {
  it('is fuzzed for a minute, with an IOMMU', async () => {
    await expectFuzzed(
      {
        arch: 'x86_64',
        kernel: await ensureBuiltKernel(),
        append: 'intel_iommu=on,strict',
        devices: ['-device', 'intel-iommu', '-device', 'edu,addr=4'],
      },
      60,
    )
    expect.hasAssertions()
  }, 600_000)
})
