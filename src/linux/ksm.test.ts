import { describe, expect, it } from 'vitest'
import { credibleFlagNames, readKsmTrust } from './ksm.ts'
import { FakeRoot } from './testing/fake-root.ts'

const trustOf = (release: string, shared?: string) => {
  using root = new FakeRoot().put('proc/sys/kernel/osrelease', `${release}\n`)
  if (shared !== undefined) root.put('sys/kernel/mm/ksm/pages_shared', `${shared}\n`)
  return readKsmTrust(root.files)
}

describe('readKsmTrust', () => {
  it('is none where the kernel has no KSM page', () => {
    expect(trustOf('6.12.48+deb13-amd64', '0')).toBe('none')
    expect(trustOf('6.1.0-40-arm64', '0')).toBe('none')
    expect(trustOf('6.12.48+deb13-amd64')).toBe('none')
    expect(trustOf('6.1.0', 'nonsense')).toBe('none')
  })

  it('is certain before 6.10, and perhaps since', () => {
    expect(trustOf('5.15.0', '3')).toBe('certain')
    expect(trustOf('6.9.12', '120')).toBe('certain')
    expect(trustOf('6.10.0', '3')).toBe('perhaps')
    expect(trustOf('6.18.1', '3')).toBe('perhaps')
    expect(trustOf('7.0.0', '3')).toBe('perhaps')
    expect(trustOf('', '3')).toBe('perhaps')
  })
})

describe('credibleFlagNames', () => {
  const anonymous = (1n << 12n) | (1n << 21n)

  it('drops, doubts or keeps KSM', () => {
    expect(credibleFlagNames(anonymous, 'none')).toEqual(['ANON'])
    expect(credibleFlagNames(anonymous, 'perhaps')).toEqual(['ANON', 'KSM?'])
    expect(credibleFlagNames(anonymous, 'certain')).toEqual(['ANON', 'KSM'])
  })

  it.each([
    [15n, 'COMPOUND_HEAD'],
    [16n, 'COMPOUND_TAIL'],
    [17n, 'HUGE'],
    [22n, 'THP'],
  ])('never believes it of a page with bit %s, %s', (bit, name) => {
    for (const trust of ['perhaps', 'certain'] as const) {
      const names = credibleFlagNames(anonymous | (1n << bit), trust)
      expect(names).toContain(name)
      expect(names).not.toContain('KSM')
      expect(names).not.toContain('KSM?')
    }
  })
})
