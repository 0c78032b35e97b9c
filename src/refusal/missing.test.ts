import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeRoot } from '../linux/testing/fake-root.ts'
import { explainFrameFile, openFrameFile } from './frame-files.ts'
import { explainKcoreOpen } from './kcore.ts'
import { explainPagemapOpen } from './pagemap.ts'
import { asking, built, CONFIG_FILE } from './testing/roots.ts'
import { worded } from './testing/worded.ts'

let root: FakeRoot
beforeEach(() => {
  root = new FakeRoot()
})
afterEach(() => root[Symbol.dispose]())

const kcore = () => worded(explainKcoreOpen('ENOENT', root.system))
const cgroup = () => explainFrameFile('ENOENT', 'kpagecgroup', root.system)
const pagemap = () => explainPagemapOpen('ENOENT', 7, root.folder('proc/7').system)

describe('why a file of /proc does not exist', () => {
  it('is the kernel, where its configuration says so: the very option', () => {
    built(
      root,
      '# CONFIG_PROC_KCORE is not set\nCONFIG_PROC_PAGE_MONITOR=y\n# CONFIG_MEMCG is not set\n',
    )
    expect(kcore()).toEqual({
      code: 'EREFUSED_NO_KCORE',
      reason: 'there is no such file: the kernel was built without CONFIG_PROC_KCORE (ENOENT)',
      cure: 'use a kernel with CONFIG_PROC_KCORE=y',
      evidence: [{ file: CONFIG_FILE, line: '# CONFIG_PROC_KCORE is not set' }],
    })
    expect(cgroup()).toEqual({
      code: 'EREFUSED',
      reason: 'the kernel was built without CONFIG_MEMCG (ENOENT)',
      cure: 'use a kernel with CONFIG_MEMCG=y',
      evidence: [{ file: CONFIG_FILE, line: '# CONFIG_MEMCG is not set' }],
    })
    built(root, 'CONFIG_X=y\n')
    expect(cgroup().reason).toBe(
      'the kernel was built without CONFIG_PROC_PAGE_MONITOR and CONFIG_MEMCG (ENOENT)',
    )
  })

  it('is that it is hidden, where the kernel has it', () => {
    built(root, 'CONFIG_PROC_KCORE=y\nCONFIG_PROC_PAGE_MONITOR=y\nCONFIG_MEMCG=y\n')
    expect(kcore()).toEqual({
      code: 'EREFUSED_NO_KCORE',
      reason: 'there is no such file: the kernel has it, but a container hides it (ENOENT)',
      cure: 'run it outside of the container',
      evidence: [{ file: CONFIG_FILE, line: 'CONFIG_PROC_KCORE=y' }],
    })
    expect([cgroup().reason, pagemap().reason]).toEqual(
      Array(2).fill('the kernel has it, but a container hides it (ENOENT)'),
    )
  })

  it('is the mount of /proc, which tells', () => {
    const line = '24 28 0:22 / /proc rw,relatime - proc proc rw,subset=pid'
    const shown = { file: '/proc/self/mountinfo', line }
    root.put('proc/self/mountinfo', `${line}\n`)
    const expected = {
      code: 'EREFUSED_NO_KCORE',
      reason: 'there is no such file: /proc is mounted with subset=pid, which hides it (ENOENT)',
      cure: 'mount /proc without subset=pid: mount -t proc proc /proc',
      evidence: [shown],
    }
    expect(kcore()).toEqual(expected)
    built(root)
    const config = { file: CONFIG_FILE, line: 'CONFIG_PROC_KCORE=y' }
    expect(kcore()).toEqual({ ...expected, evidence: [shown, config] })
  })

  it('is one of both where nothing tells', () => {
    expect(kcore()).toEqual({
      code: 'EREFUSED_NO_KCORE',
      reason:
        'there is no such file: the kernel was built without CONFIG_PROC_KCORE, or a container hides it (ENOENT)',
      cure: 'use a kernel with CONFIG_PROC_KCORE=y, or run it outside of the container',
    })
    expect(pagemap()).toMatchObject({
      code: 'ENOPAGEMAP',
      reason:
        'the kernel was built without CONFIG_PROC_PAGE_MONITOR, or a container hides it (ENOENT)',
    })
  })
})

it('a file of frames is opened, or the error says the same', () => {
  built(root).put('proc/kpageflags', '')
  openFrameFile('kpageflags', root.system).close()
  expect(() => openFrameFile('kpagecgroup', root.system)).toThrow(
    expect.objectContaining({
      code: 'EREFUSED',
      message:
        '/proc/kpagecgroup cannot be opened: the kernel was built without CONFIG_MEMCG (ENOENT)',
      data: expect.objectContaining({ errno: 'ENOENT', cure: 'use a kernel with CONFIG_MEMCG=y' }),
    }),
  )
})

describe('why a process cannot be looked into', () => {
  const explain = () => {
    const { code, reason, cure } = explainPagemapOpen('EACCES', 1, root.system)
    return [code, reason, cure]
  }
  /** All but CAP_SYS_PTRACE (19). */
  const noPtrace = '000001fffff7ffff'

  it('fits who asks', () => {
    asking(root, { uid: 1000, effective: '0' })
    expect(explain()).toEqual([
      'EPERMISSION',
      'the process belongs to another user, or protects itself (EACCES)',
      'run it as root, or as the user of that process',
    ])
    asking(root, { effective: noPtrace })
    expect(explain()[2]).toBe('start this process, or its container, with CAP_SYS_PTRACE')
    asking(root)
    expect(explain()).toEqual([
      'EPERMISSION',
      'a security module forbids it, whatever the capabilities (EACCES)',
      "run it outside of the container, or look into the kernel's log for what denied it",
    ])
    asking(root, { uidMap: '0 1000 1' })
    expect(explain()[2]).toBe('run it as root, outside of the user namespace')
  })
})
