import { describe, expect, it } from 'vitest'
import { readMemTotal } from './meminfo.ts'
import { FakeRoot } from './testing/fake-root.ts'

describe('the memory that the kernel manages', () => {
  it.each([
    ['MemTotal:        2034556 kB\nMemFree:         1 kB\n', 2034556 * 1024],
    ['MemFree: 1 kB\nMemTotal: 1 kB\n', 1024],
    ['MemTotal: 99999999999999 kB\n', undefined],
    ['MemTotal: -1 kB\n', undefined],
    ['MemTotal: 1 MB\n', undefined],
    ['', undefined],
  ])('is the line MemTotal: %j', (text, bytes) => {
    using root = new FakeRoot().put('proc/meminfo', text)
    expect(readMemTotal(root.files)).toBe(bytes)
  })

  it('is not known without the file', () => {
    using root = new FakeRoot()
    expect(readMemTotal(root.files)).toBeUndefined()
  })
})
