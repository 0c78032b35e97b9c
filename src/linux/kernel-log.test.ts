import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readKernelLog } from './kernel-log.ts'
import { FakeRoot } from './testing/fake-root.ts'

describe('readKernelLog', () => {
  it('gives the messages without what stands before and below them', () => {
    using root = new FakeRoot().put(
      'dev/kmsg',
      '5,0,0,-;Linux version 6.12.48\n6,1,10,-;pci 0000:00:04.0: BAR 0; [mem 0xfea00000]\n SUBSYSTEM=pci\n DEVICE=+pci:0000:00:04.0\nnonsense\n',
    )
    expect(readKernelLog(root.files)).toEqual([
      'Linux version 6.12.48',
      'pci 0000:00:04.0: BAR 0; [mem 0xfea00000]',
    ])
  })

  it('is empty where there is none', () => {
    using root = new FakeRoot()
    expect(readKernelLog(root.files)).toEqual([])
  })

  it('never throws', () => {
    using root = new FakeRoot()
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20_000 }), (bytes) => {
        root.put('dev/kmsg', bytes)
        for (const message of readKernelLog(root.files)) expect(message).not.toContain('\n')
      }),
      { numRuns: 25 },
    )
  })
})
