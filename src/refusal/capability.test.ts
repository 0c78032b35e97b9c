import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeRoot } from '../linux/testing/fake-root.ts'
import { capabilityRefusal, privilegeRefusal } from './capability.ts'
import { hiddenAddresses } from './iomem.ts'
import { explainHiddenFrames } from './pagemap.ts'
import { asking, NO_RAWIO } from './testing/roots.ts'

let root: FakeRoot
beforeEach(() => {
  root = new FakeRoot()
})
afterEach(() => root[Symbol.dispose]())

const rawIo = () => privilegeRefusal('CAP_SYS_RAWIO', root.system)

describe('why a capability does not count', () => {
  it('is the user namespace, however full the set is', () => {
    asking(root, { uidMap: '0 1000 1' })
    expect(capabilityRefusal('CAP_SYS_RAWIO', root.system)).toEqual({
      code: 'EPERMISSION',
      reason:
        'this process is in a user namespace, where no capability counts for physical memory (EPERM)',
      cure: 'run it as root, outside of the user namespace (a rootless container is one)',
      evidence: [{ file: '/proc/self/uid_map', line: '0 1000 1' }],
    })
  })

  it('is that the process lacks it', () => {
    asking(root, { effective: NO_RAWIO })
    expect(rawIo()).toEqual({
      code: 'EPERMISSION',
      reason: 'this process lacks the capability CAP_SYS_RAWIO (EPERM)',
      cure: 'run it as root, outside of a user namespace',
      evidence: [{ file: '/proc/self/status', line: `CapEff:\t${NO_RAWIO}` }],
    })
    expect(capabilityRefusal('CAP_SYS_ADMIN', root.system)).toBeUndefined()
  })

  it('is that it can never have it: root alone does not help', () => {
    asking(root, { effective: NO_RAWIO, bounding: NO_RAWIO })
    expect(rawIo().cure).toBe(
      'start the process, or its container, with CAP_SYS_RAWIO: its bounding set lacks it',
    )
  })
})

describe('what the kernel hides without CAP_SYS_ADMIN', () => {
  it('is shown to a container that is started with it', () => {
    const none = '000001ffffdfffff'
    asking(root, { effective: none, bounding: none })
    const cure =
      'start the process, or its container, with CAP_SYS_ADMIN: its bounding set lacks it'
    const evidence = [{ file: '/proc/self/status', line: `CapEff:\t${none}` }]
    expect(explainHiddenFrames(root.system)).toEqual({
      code: 'EHIDDEN',
      reason: 'the kernel hides frames from this process: it lacks the capability CAP_SYS_ADMIN',
      cure,
      evidence,
    })
    expect(hiddenAddresses(root.system)).toMatchObject({ code: 'EPERMISSION', cure, evidence })
  })
})

describe('why a process with the capability is refused', () => {
  beforeEach(() => void asking(root))

  it('is lockdown, as the kernel tells it', () => {
    root.lockdown('none [integrity] confidentiality')
    root.put('proc/cmdline', 'quiet lockdown=integrity\n')
    expect(rawIo()).toEqual({
      code: 'EREFUSED_LOCKDOWN',
      reason: 'the kernel is locked down (integrity), as its command line asks (EPERM)',
      cure: 'boot without lockdown=',
      evidence: [
        { file: '/sys/kernel/security/lockdown', line: 'none [integrity] confidentiality' },
        { file: '/proc/cmdline', line: 'lockdown=integrity' },
      ],
    })
  })

  it('is lockdown by the command line, where securityfs is not mounted', () => {
    root.put('proc/cmdline', 'lockdown=confidentiality')
    expect(rawIo()).toMatchObject({
      code: 'EREFUSED_LOCKDOWN',
      evidence: [{ file: '/proc/cmdline', line: 'lockdown=confidentiality' }],
    })
    root.put('proc/cmdline', 'lockdown=none')
    expect(rawIo().code).toBe('EPERMISSION')
  })

  it('is lockdown by the configuration, where the kernel was built so', () => {
    root.put('proc/sys/kernel/osrelease', '6.18.44\n')
    const config = (lsm: string) =>
      `CONFIG_LOCK_DOWN_KERNEL_FORCE_INTEGRITY=y\nCONFIG_LSM="${lsm}"\n`
    root.put('boot/config-6.18.44', config('lockdown,yama'))
    const expected = {
      code: 'EREFUSED_LOCKDOWN',
      reason: 'the kernel is locked down (integrity), as it was built (EPERM)',
      cure: 'use a kernel that is not built to lock itself down',
      evidence: [
        { file: '/boot/config-6.18.44', line: 'CONFIG_LOCK_DOWN_KERNEL_FORCE_INTEGRITY=y' },
      ],
    }
    expect(rawIo()).toEqual(expected)
    root.put('boot/config-6.18.44', config('yama'))
    expect(rawIo().code).toBe('EPERMISSION')
    root.put('proc/cmdline', 'lsm=lockdown')
    expect(rawIo()).toEqual(expected)
    root.put('boot/config-6.18.44', `${config('')}CONFIG_SECURITY_LOCKDOWN_LSM_EARLY=y\n`)
    root.put('proc/cmdline', 'lsm=yama')
    expect(rawIo()).toEqual(expected)
    root.lockdown('none [integrity] confidentiality')
    root.put('proc/cmdline', 'lsm=yama lockdown=integrity')
    expect(rawIo().reason).toBe(expected.reason)
  })

  it('is lockdown by the log, where nothing else tells', () => {
    const line = 'Kernel is locked down from EFI Secure Boot mode; see man kernel_lockdown.7'
    root.put('dev/kmsg', `5,0,0,-;Linux version 6.12\n5,1,10,-;${line}\n`)
    expect(rawIo()).toMatchObject({
      code: 'EREFUSED_LOCKDOWN',
      reason: 'the kernel is locked down (integrity), as Secure Boot requires (EPERM)',
      cure: 'boot with Secure Boot off',
      evidence: [{ file: '/dev/kmsg', line }],
    })
  })

  it('has the cause that the log names, where the level is known', () => {
    const shown = 'none integrity [confidentiality]'
    root.lockdown(shown).put('proc/cmdline', 'lockdown=integrity')
    expect(rawIo()).toEqual({
      code: 'EREFUSED_LOCKDOWN',
      reason: 'the kernel is locked down (confidentiality), most likely by Secure Boot (EPERM)',
      cure: "boot with Secure Boot off, unless the kernel's log names another cause",
      evidence: [{ file: '/sys/kernel/security/lockdown', line: shown }],
    })
    const logged = (who: string) => `Kernel is locked down from ${who}; see man kernel_lockdown.7`
    const earlier = `5,1,10,-;${logged('command line')}\n`
    root.put('dev/kmsg', `${earlier}5,2,90,-;${logged('securityfs')}\n`)
    expect(rawIo()).toMatchObject({
      reason:
        'the kernel is locked down (confidentiality), as was written to /sys/kernel/security/lockdown (EPERM)',
      cure: 'reboot: until then it cannot be lifted',
      evidence: [{ line: shown }, { file: '/dev/kmsg', line: logged('securityfs') }],
    })
    root.put('dev/kmsg', `5,1,10,-;${logged('something new')}\n`)
    expect(rawIo().reason).toContain('most likely by Secure Boot')
  })

  it('is no lockdown where its level does not forbid it', () => {
    root.lockdown('none [integrity] confidentiality')
    const refusal = () => privilegeRefusal('CAP_SYS_RAWIO', root.system, 'confidentiality')
    expect(refusal().reason).toBe('a device cgroup or a security module forbids it (EPERM)')
    root.lockdown('none integrity [confidentiality]')
    expect(refusal().code).toBe('EREFUSED_LOCKDOWN')
  })

  it('is something else where it is not locked down', () => {
    root.lockdown('[none] integrity confidentiality')
    expect(rawIo()).toMatchObject({
      code: 'EPERMISSION',
      reason: 'a device cgroup or a security module forbids it (EPERM)',
      cure: 'run it outside of the container',
    })
  })

  it('is one of both where nobody tells the level', () => {
    expect(rawIo()).toMatchObject({
      code: 'EPERMISSION',
      reason:
        'the kernel is locked down, or a device cgroup or a security module forbids it (EPERM)',
      cure: 'mount securityfs and read /sys/kernel/security/lockdown, which says so',
    })
  })
})

it('is taken for the capability where nothing is known of the process', () => {
  expect(rawIo()).toEqual({
    code: 'EPERMISSION',
    reason: 'this process lacks the capability CAP_SYS_RAWIO (EPERM)',
    cure: 'run it as root, outside of a user namespace',
    evidence: [],
  })
})
