import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeRoot } from '../linux/testing/fake-root.ts'
import { explainCpuGone, explainMsrOpen, explainMsrWrite, explainMsrWrites, noMsrs } from './msr.ts'
import { asking, built, CONFIG_FILE, NO_RAWIO } from './testing/roots.ts'
import { worded } from './testing/worded.ts'

const CPUS = 'sys/devices/system/cpu'
const ALLOW_WRITES = 'sys/module/msr/parameters/allow_writes'

let root: FakeRoot
beforeEach(() => {
  root = asking(new FakeRoot())
    .put(`${CPUS}/present`, '0-3\n')
    .put(`${CPUS}/online`, '0,2-3\n')
    .put('proc/modules', '')
})
afterEach(() => root[Symbol.dispose]())

const opening = (errno: string, cpu = 0) => worded(explainMsrOpen(errno, cpu, root.system))

describe('registers of a CPU', () => {
  it('that is not there', () => {
    for (const errno of ['ENOENT', 'ENXIO']) {
      expect(opening(errno, 7)).toEqual({
        code: 'ENOPLACE',
        reason: `there is no CPU 7, only 0-3 (${errno})`,
        evidence: [{ file: `/${CPUS}/present`, line: '0-3' }],
      })
    }
  })

  it('that is off', () => {
    const refusal = {
      code: 'EREFUSED',
      reason: 'CPU 1 is offline (ENOENT)',
      cure: 'switch it on: echo 1 > /sys/devices/system/cpu/cpu1/online',
      evidence: [{ file: `/${CPUS}/online`, line: '0,2-3' }],
    }
    expect(opening('ENOENT', 1)).toEqual(refusal)
    const gone = { ...refusal, reason: 'CPU 1 is offline (ENXIO)' }
    expect(worded(explainCpuGone(1, root.system))).toEqual(gone)
    root.put(`${CPUS}/online`, '0-3\n') // on again, when that is asked
    expect(worded(explainCpuGone(1, root.system))).toEqual({ ...gone, evidence: undefined })
  })

  it('that has none, and of another CPU', () => {
    expect(opening('EIO')).toEqual({
      code: 'EPLATFORM',
      reason: 'this CPU has no model-specific registers (EIO)',
    })
    expect(noMsrs('arm64')).toEqual({
      code: 'EPLATFORM',
      reason: 'only x86 has model-specific registers, but this CPU is arm64',
    })
  })
})

describe('a driver that is not there', () => {
  it('is a module that is not loaded', () => {
    built(root, 'CONFIG_MODULES=y\nCONFIG_X86_MSR=m\n')
    const refusal = {
      code: 'EREFUSED_NO_MSR',
      reason: 'the module msr is not loaded (ENOENT)',
      cure: 'load it: modprobe msr',
      evidence: [{ file: CONFIG_FILE, line: 'CONFIG_X86_MSR=m' }],
    }
    expect(opening('ENOENT')).toEqual(refusal)
    const node = { ...refusal, reason: 'the module msr is not loaded (ENXIO)' }
    expect(opening('ENXIO')).toEqual(node)
  })

  it('is a module that cannot be loaded', () => {
    built(root, 'CONFIG_MODULES=y\nCONFIG_X86_MSR=m\n').put(
      'proc/sys/kernel/modules_disabled',
      '1\n',
    )
    expect(opening('ENOENT')).toEqual({
      code: 'EREFUSED_NO_MSR',
      reason:
        'the module msr is not loaded (ENOENT), and loading modules is switched off until the next boot (EPERM)',
      cure: 'reboot; something wrote 1 to modules_disabled',
      evidence: [
        { file: CONFIG_FILE, line: 'CONFIG_X86_MSR=m' },
        { file: '/proc/sys/kernel/modules_disabled', line: '1' },
      ],
    })
  })

  it('is one that the kernel was built without', () => {
    built(root, 'CONFIG_MODULES=y\n# CONFIG_X86_MSR is not set\n')
    expect(opening('ENOENT')).toEqual({
      code: 'EREFUSED_NO_MSR',
      reason: 'the kernel was built without CONFIG_X86_MSR (ENOENT)',
      cure: 'use a kernel with CONFIG_X86_MSR=m',
      evidence: [{ file: CONFIG_FILE, line: '# CONFIG_X86_MSR is not set' }],
    })
  })

  it('is one or the other where no configuration is known', () => {
    expect(opening('ENOENT')).toEqual({
      code: 'EREFUSED_NO_MSR',
      reason:
        'the module msr is not loaded, or the kernel was built without CONFIG_X86_MSR (ENOENT)',
      cure: 'load it: modprobe msr',
      evidence: [],
    })
  })

  it('is there, and its node is hidden', () => {
    root.folder('sys/class/msr/msr0').folder('sys/class/msr/msr2')
    const hidden = {
      code: 'EREFUSED_NO_MSR',
      reason:
        'there is no such node, though the kernel has the driver: a container hides it (ENOENT)',
      cure: 'run it outside of the container, or make the node: mkdir -p /dev/cpu/2 && mknod -m 600 /dev/cpu/2/msr c 202 2',
    }
    const names = { file: '/sys/class/msr', line: 'msr0 msr2' }
    expect(opening('ENOENT', 2)).toEqual({ ...hidden, evidence: [names] })
    using bare = built(asking(new FakeRoot()), 'CONFIG_X86_MSR=y\n')
    expect(worded(explainMsrOpen('ENOENT', 2, bare.system))).toEqual({
      ...hidden,
      evidence: [{ file: CONFIG_FILE, line: 'CONFIG_X86_MSR=y' }],
    })
  })
})

describe('a process that may not', () => {
  it('is another user, by the permissions of the node', () => {
    asking(root, { uid: 1000, effective: '0000000000000000' })
    expect(opening('EACCES')).toEqual({
      code: 'EPERMISSION',
      reason: 'its permissions do not allow it (EACCES)',
      cure: 'run it as root',
      evidence: [{ file: '/proc/self/status', line: 'Uid:\t1000\t1000\t1000\t1000' }],
    })
    asking(root)
    expect(opening('EACCES').reason).toBe(
      'a security module, or a file system mounted with nodev, forbids it (EACCES)',
    )
  })

  it('lacks the capability, as in a container', () => {
    asking(root, { effective: NO_RAWIO, bounding: NO_RAWIO })
    expect(opening('EPERM')).toEqual({
      code: 'EPERMISSION',
      reason: 'this process lacks the capability CAP_SYS_RAWIO (EPERM)',
      cure: 'start the process, or its container, with CAP_SYS_RAWIO: its bounding set lacks it',
      evidence: [{ file: '/proc/self/status', line: `CapEff:\t${NO_RAWIO}` }],
    })
  })

  it('is kept from it by something else, never by lockdown, which lets registers be read', () => {
    root.lockdown('none [integrity] confidentiality')
    expect(opening('EPERM')).toMatchObject({
      code: 'EPERMISSION',
      reason: 'a device cgroup or a security module forbids it (EPERM)',
      cure: 'run it outside of the container',
    })
  })

  it('meets what is not known', () => {
    expect(opening('EMFILE')).toEqual({ code: 'EOPEN', reason: 'EMFILE' })
  })
})

describe('writes', () => {
  it('are let where nothing forbids them', () => {
    root.lockdown('[none] integrity confidentiality').put(ALLOW_WRITES, 'default\n')
    expect(explainMsrWrites(root.system)).toBeUndefined()
    expect(worded(explainMsrWrite(root.system))).toEqual({
      code: 'EPERMISSION',
      reason: 'the kernel is locked down, or msr.allow_writes=off forbids it (EPERM)',
      cure: 'look at /sys/kernel/security/lockdown and /sys/module/msr/parameters/allow_writes, which say why',
    })
  })

  it('are switched off', () => {
    root.put(ALLOW_WRITES, 'off\n')
    const refusal = {
      code: 'EREFUSED',
      reason: 'the module msr permits no writes (msr.allow_writes=off, EPERM)',
      cure: 'allow it: echo on > /sys/module/msr/parameters/allow_writes',
      evidence: [{ file: `/${ALLOW_WRITES}`, line: 'off' }],
    }
    expect(worded(explainMsrWrites(root.system))).toEqual(refusal)
    expect(worded(explainMsrWrite(root.system))).toEqual(refusal)
  })

  it('are refused by a kernel that is locked down, whatever the module was told', () => {
    root.lockdown('none [integrity] confidentiality').put(ALLOW_WRITES, 'off\n')
    expect(explainMsrWrites(root.system)).toMatchObject({
      code: 'EREFUSED_LOCKDOWN',
      reason: 'the kernel is locked down (integrity), most likely by Secure Boot (EPERM)',
    })
  })
})
