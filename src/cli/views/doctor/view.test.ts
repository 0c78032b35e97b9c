import { describe, expect, it } from 'vitest'
import type { Told } from '../../../doctor/finding.ts'
import { readHost } from '../../../doctor/host.ts'
import { FakeRoot } from '../../../linux/testing/fake-root.ts'
import type { Output } from '../../frame/io.ts'
import { diagnosisLines } from './view.ts'

const output = { hasUnicode: false, hasColors: false } as Output

function linesOf(...findings: Partial<Told>[]): string[] {
  using root = new FakeRoot()
  const host = { ...readHost(root.on('x64')), words: [] }
  const whole = findings.map(
    (one): Told => ({
      id: '',
      title: '',
      verdict: 'works',
      reason: '',
      evidence: [],
      cures: [],
      ...one,
    }),
  )
  const lines = diagnosisLines({ host, findings: whole }, output)
  return lines.slice(lines.indexOf('') + 1)
}

const bar = (number: number, more: Partial<Told>): Partial<Told> => ({
  ...{ id: `bar:a/bar${number}`, title: `pci:a/bar${number}` },
  ...more,
})

describe('the findings', () => {
  it('show a tab of what the kernel prints as one blank', () => {
    const evidence = [{ file: '/proc/self/status', line: 'Uid:\t1\t2' }]
    expect(linesOf({ title: 'memory', verdict: 'refused', reason: 'no', evidence })).toContain(
      '     seen in  /proc/self/status: Uid: 1 2',
    )
  })

  it('have one line for all BARs that work alike, wherever they stand', () => {
    const reason = 'it can be mapped'
    expect(
      linesOf(bar(0, { reason }), bar(1, { reason: 'it can, too' }), bar(2, { reason })),
    ).toEqual([
      'ok  2 PCI BARs  works: it can be mapped',
      '     these    pci:a/bar0, pci:a/bar2',
      'ok  pci:a/bar1  works: it can, too',
    ])
  })

  it('have one quiet line for a BAR of I/O ports', () => {
    const reason = 'it is 64 I/O ports from 0xc000, not memory'
    const instead = 'physmem read port:0xc000'
    expect(linesOf(bar(1, { verdict: 'absent', reason, instead }))).toEqual([
      `--  pci:a/bar1  absent: ${reason}; instead: ${instead}`,
    ])
  })
})
