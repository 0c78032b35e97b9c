import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CpuRange, hasCpu, parseCpuList, readCpus } from './cpu-list.ts'
import { FakeRoot } from './testing/fake-root.ts'

describe('a list of CPUs', () => {
  it.each<[string, CpuRange[]]>([
    ['0', [{ first: 0, last: 0 }]],
    ['0-3', [{ first: 0, last: 3 }]],
    [
      '0,2-3,8',
      [
        { first: 0, last: 0 },
        { first: 2, last: 3 },
        { first: 8, last: 8 },
      ],
    ],
  ])('%s', (text, ranges) => {
    expect(parseCpuList(text)).toEqual(ranges)
  })

  it.each(['', '3-1', '0-', '-1', 'a', '0,,1', '0x1'])('is not %j', (text) => {
    expect(parseCpuList(text)).toBeUndefined()
  })

  it('has the CPUs that it was made of, and no others', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(40), { minLength: 1 }), fc.nat(50), (cpus, cpu) => {
        const list = parseCpuList(cpus.sort((a, b) => a - b).join(',')) ?? []
        expect(hasCpu(list, cpu)).toBe(cpus.includes(cpu))
      }),
    )
  })

  it('is nothing or ranges, whatever the text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        for (const { first, last } of parseCpuList(text) ?? []) expect(first <= last).toBe(true)
      }),
    )
  })
})

describe('readCpus', () => {
  it('reads what the kernel shows', () => {
    using root = new FakeRoot().put('sys/devices/system/cpu/online', '0-1\n')
    const { files } = root
    expect(readCpus('online', files)).toEqual([{ first: 0, last: 1 }])
    expect(readCpus('present', files)).toBeUndefined()
  })
})
