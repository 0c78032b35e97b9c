import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * The files that take longest, the longest first: whoever starts last on two workers should have
 * little to do. The list at the end of a run says when this one is out of date.
 */
const longest = [
  'lab/tests/buffer/buffer.test.ts',
  'lab/tests/driver/edu-driver.test.ts',
  'lab/tests/engine/exactness.test.ts',
  'lab/tests/translate/translate.test.ts',
  'lab/tests/experiments/memory.test.ts',
  'lab/tests/refusal/matrix-x86.test.ts',
  'lab/tests/machine/places.test.ts',
  'lab/tests/refusal/matrix-arm64.test.ts',
  'lab/tests/experiments/device-memory.test.ts',
  'lab/tests/kmod/kmod-fuzz.test.ts',
  'lab/tests/kmod/kmod.test.ts',
  'lab/tests/ways/kcore.test.ts',
  'lab/tests/inventory/map.test.ts',
  'lab/tests/cli/exactness-cli.test.ts',
]

function rank({ moduleId }: { readonly moduleId: string }): number {
  const index = longest.findIndex((file) => moduleId.endsWith(`/${file}`))
  if (index >= 0) return index
  // Machines before what needs none.
  return moduleId.includes('/lab/') ? longest.length : longest.length + 1
}

/** Orders the files of a run so that the workers end at about the same time. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    return sorted.sort((one, other) => rank(one) - rank(other))
  }
}
