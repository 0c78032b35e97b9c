import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readProcMount } from './proc-mount.ts'
import { FakeRoot } from './testing/fake-root.ts'

const sysfs = '23 28 0:21 / /sys rw,nosuid - sysfs sysfs rw'
const proc = '24 28 0:22 / /proc rw,relatime shared:12 - proc proc rw,hidepid=invisible,subset=pid'

describe('readProcMount', () => {
  it('takes the options of the topmost mount at /proc, of both kinds', () => {
    using root = new FakeRoot().put(
      'proc/self/mountinfo',
      `24 28 0:9 / /proc ro - proc x rw\n${proc}\n${sysfs}\n`,
    )
    expect(readProcMount(root.files)).toEqual({
      options: ['rw', 'relatime', 'rw', 'hidepid=invisible', 'subset=pid'],
      evidence: { file: '/proc/self/mountinfo', line: proc },
    })
  })

  it('is undefined where there is none, and for another file system', () => {
    using root = new FakeRoot()
    expect(readProcMount(root.files)).toBeUndefined()
    root.put('proc/self/mountinfo', `${proc.replace('/proc ', '/other ')}\n${sysfs}\n`)
    expect(readProcMount(root.files)).toBeUndefined()
    root.put('proc/self/mountinfo', '24 28 0:22 / /proc rw - tmpfs tmpfs rw,subset=pid\n')
    expect(readProcMount(root.files)).toBeUndefined()
  })

  it('never throws', () => {
    using root = new FakeRoot()
    fc.assert(
      fc.property(fc.array(fc.constantFrom('/proc', '-', ' ', 'proc', 'a,b', '\n')), (parts) => {
        root.put('proc/self/mountinfo', parts.join(' '))
        readProcMount(root.files)
      }),
      { numRuns: 50 },
    )
  })
})
