import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readLockdown } from './lockdown.ts'
import { FakeRoot } from './testing/fake-root.ts'

describe('readLockdown', () => {
  it.each([
    ['[none] integrity confidentiality', 'none'],
    ['none [integrity] confidentiality', 'integrity'],
    ['none integrity [confidentiality]', 'confidentiality'],
    ['none integrity', undefined],
    ['[something] new', undefined],
    ['', undefined],
  ])('takes %j as %s', (text, level) => {
    using root = new FakeRoot().lockdown(text)
    expect(readLockdown(root.files)).toBe(level)
  })

  it('is undefined where the kernel has no such file', () => {
    using root = new FakeRoot()
    expect(readLockdown(root.files)).toBeUndefined()
  })

  it('never throws', () => {
    using root = new FakeRoot()
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        root.put('sys/kernel/security/lockdown', bytes)
        readLockdown(root.files)
      }),
      { numRuns: 25 },
    )
  })
})
