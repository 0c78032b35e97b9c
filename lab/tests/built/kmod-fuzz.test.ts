/**
 * The module fuzzed on the kernel that tells most of what a module does wrong: KASAN,
 * lockdep, slab debugging.
 */
import { describe, expect, it } from 'vitest'
import { builtUnavailable, labTitle } from '../../machine/available.ts'
import { ensureBuiltKernel } from '../../supply/built-kernel.ts'
import { expectFuzzed } from '../kmod/kmod-fuzz.ts'
import { soaked } from '../soak.ts'

const reason = builtUnavailable()
const seconds = soaked(60, 20)

describe.skipIf(reason)(labTitle('the module on a kernel with KASAN and lockdep', reason), () => {
  it(`is fuzzed for ${seconds} seconds, with an IOMMU`, async () => {
    await expectFuzzed(
      {
        arch: 'x86_64',
        kernel: await ensureBuiltKernel(),
        append: 'intel_iommu=on,strict',
        devices: ['-device', 'intel-iommu', '-device', 'edu,addr=4'],
      },
      seconds,
    )
    expect.hasAssertions()
  }, 600_000)
})
