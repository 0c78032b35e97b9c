import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeRoot } from '../linux/testing/fake-root.ts'
import { explainDevMemOpen } from './devmem.ts'
import { explainDevPortOpen } from './port.ts'
import { ALL, asking, built, CONFIG_FILE, NO_MODULES } from './testing/roots.ts'
import { worded } from './testing/worded.ts'

let root: FakeRoot
beforeEach(() => {
  root = new FakeRoot()
})
afterEach(() => root[Symbol.dispose]())

const explain = (errno: string) => explainDevMemOpen(errno, root.system)

describe('why there is no /dev/mem', () => {
  it('is not known where neither sysfs nor the configuration tell', () => {
    expect(worded(explain('ENOENT'))).toEqual({
      code: 'EREFUSED_NO_DEVMEM',
      reason: 'there is no such node: the kernel has no /dev/mem, or a container hides it',
      cure: `use a kernel with CONFIG_DEVMEM=y, or run outside of the container${NO_MODULES}`,
      cures: ['use a kernel with CONFIG_DEVMEM=y', `run outside of the container${NO_MODULES}`],
    })
  })

  it('is the kernel, by its list of devices', () => {
    for (const name of ['null', 'zero', 'kmsg']) root.folder(`sys/class/mem/${name}`)
    const evidence = [{ file: '/sys/class/mem', line: 'kmsg null zero' }]
    expect(worded(explain('ENOENT'))).toEqual({
      code: 'EREFUSED_NO_DEVMEM',
      reason: 'there is no such node: the kernel was built without CONFIG_DEVMEM',
      cure: `use a kernel with CONFIG_DEVMEM=y${NO_MODULES}`,
      cures: [`use a kernel with CONFIG_DEVMEM=y${NO_MODULES}`],
      evidence,
    })
    expect(explain('ENXIO')).toEqual({
      code: 'EREFUSED_NO_DEVMEM',
      reason: 'the kernel was built without CONFIG_DEVMEM (ENXIO)',
      cure: `use a kernel with CONFIG_DEVMEM=y${NO_MODULES}`,
      cures: [`use a kernel with CONFIG_DEVMEM=y${NO_MODULES}`],
      evidence,
    })
  })

  it('is the kernel, by its configuration', () => {
    built(root, 'CONFIG_X=y\n# CONFIG_DEVMEM is not set\n')
    expect(explain('ENOENT')?.evidence).toEqual([
      { file: CONFIG_FILE, line: '# CONFIG_DEVMEM is not set' },
    ])
    built(root, 'CONFIG_X=y\n')
    expect(explain('ENOENT')?.evidence).toEqual([
      { file: CONFIG_FILE, line: 'CONFIG_DEVMEM is not in it' },
    ])
  })

  it('is a container, where the kernel has the device', () => {
    built(root)
    expect(worded(explain('ENOENT'))).toEqual({
      code: 'EREFUSED_NO_DEVMEM',
      reason: 'there is no such node, though the kernel has the device: a container hides it',
      cure: 'run it outside of the container, or make the node: mknod -m 600 /dev/mem c 1 1',
      evidence: [{ file: CONFIG_FILE, line: 'CONFIG_DEVMEM=y' }],
    })
  })
})

describe('why there is no node, where it would not help', () => {
  it('is lockdown, which comes first', () => {
    built(root)
    root.lockdown('none integrity [confidentiality]')
    root.put('proc/cmdline', 'lockdown=confidentiality\n')
    const seen = [
      { file: '/sys/kernel/security/lockdown', line: 'none integrity [confidentiality]' },
      { file: '/proc/cmdline', line: 'lockdown=confidentiality' },
    ]
    const refusal = {
      code: 'EREFUSED_LOCKDOWN',
      reason:
        'the kernel is locked down (confidentiality), as its command line asks (EPERM); also, there is no such node (ENOENT)',
      cure: 'boot without lockdown=',
    }
    expect(worded(explain('ENOENT'))).toEqual({
      ...refusal,
      evidence: [...seen, { file: CONFIG_FILE, line: 'CONFIG_DEVMEM=y' }],
    })
    expect(explainDevPortOpen('ENOENT', root.system)).toEqual({
      ...refusal,
      evidence: [...seen, { file: CONFIG_FILE, line: 'CONFIG_DEVPORT=y' }],
    })
  })
})

describe('why there is no /dev/port', () => {
  const explainPort = (errno: string) => worded(explainDevPortOpen(errno, root.system))

  it('is a container, where the kernel has the device', () => {
    for (const name of ['mem', 'null', 'port']) root.folder(`sys/class/mem/${name}`)
    expect(explainPort('ENOENT')).toEqual({
      code: 'EREFUSED_NO_PORTS',
      reason: 'there is no such node, though the kernel has the device: a container hides it',
      cure: 'run it outside of the container, or make the node: mknod -m 600 /dev/port c 1 4',
      evidence: [{ file: '/sys/class/mem', line: 'mem null port' }],
    })
  })

  it('is the kernel, outside of a container too', () => {
    built(root, 'CONFIG_X=y\n# CONFIG_DEVPORT is not set\n')
    expect(explainPort('ENOENT')).toEqual({
      code: 'EREFUSED_NO_PORTS',
      reason: 'the kernel was built without CONFIG_DEVPORT (ENOENT)',
      cure: 'use a kernel with CONFIG_DEVPORT=y',
      evidence: [{ file: CONFIG_FILE, line: '# CONFIG_DEVPORT is not set' }],
    })
  })

  it('is one of both where nothing tells', () => {
    expect(explainPort('ENOENT')).toEqual({
      code: 'EREFUSED_NO_PORTS',
      reason:
        'there is no such node: the kernel has no /dev/port, or a container hides it (ENOENT)',
      cure: 'use a kernel with CONFIG_DEVPORT=y, or run outside of the container',
    })
  })
})

describe('why /dev/mem cannot be opened', () => {
  it('is its permissions', () => {
    asking(root, { uid: 1000, effective: '0000000000000000' })
    expect(explain('EACCES')).toEqual({
      code: 'EPERMISSION',
      reason: 'its permissions do not allow it (EACCES)',
      cure: 'run it as root',
      evidence: [{ file: '/proc/self/status', line: 'Uid:\t1000\t1000\t1000\t1000' }],
    })
  })

  it('is something above permissions where root is refused', () => {
    asking(root)
    expect(explain('EACCES')).toEqual({
      code: 'EPERMISSION',
      reason: 'a security module, or a file system mounted with nodev, forbids it (EACCES)',
      cure: "look into the kernel's log for what SELinux or AppArmor denied",
      evidence: [{ file: '/proc/self/status', line: `CapEff:\t${ALL}` }],
    })
  })

  it('is privilege for EPERM', () => {
    asking(root).lockdown('none [integrity] confidentiality')
    expect(explain('EPERM')?.code).toBe('EREFUSED_LOCKDOWN')
  })

  it('is left to others for what says nothing of it', () => {
    expect(explain('EMFILE')).toBeUndefined()
  })
})
