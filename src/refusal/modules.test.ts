import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeRoot } from '../linux/testing/fake-root.ts'
import { explainModules } from './modules.ts'
import { asking, built } from './testing/roots.ts'

const ENFORCED = 'sys/module/module/parameters/sig_enforce'
const DISABLED = 'proc/sys/kernel/modules_disabled'
/** All but CAP_SYS_MODULE (16). */
const NO_MODULE = '000001fffffeffff'

let root: FakeRoot
beforeEach(() => {
  root = asking(new FakeRoot().put('proc/modules', '').put(ENFORCED, 'N\n').put(DISABLED, '0\n'))
})
afterEach(() => root[Symbol.dispose]())

const explain = () => explainModules(root.system)

describe('why a module of your own would be refused', () => {
  it('is nothing on a usual kernel', () => {
    root.lockdown('[none] integrity confidentiality')
    expect(explain()).toBeUndefined()
  })

  it('is that the kernel has no modules', () => {
    using bare = asking(built(new FakeRoot(), 'CONFIG_X=y\n# CONFIG_MODULES is not set\n'))
    expect(explainModules(bare.system)).toMatchObject({
      errno: 'ENOSYS',
      refusal: {
        reason: 'the kernel was built without CONFIG_MODULES (ENOSYS)',
        evidence: [
          { file: '/proc/modules', line: 'does not exist' },
          { line: '# CONFIG_MODULES is not set' },
        ],
      },
    })
  })

  it('is not that /proc hides the list of modules', () => {
    using hidden = asking(built(new FakeRoot()))
    expect(explainModules(hidden.system)).toBeUndefined()
  })

  it('is the capability, or the user namespace', () => {
    asking(root, { effective: NO_MODULE })
    expect(explain()).toMatchObject({
      errno: 'EPERM',
      refusal: { reason: 'this process lacks the capability CAP_SYS_MODULE (EPERM)' },
    })
    asking(root, { uidMap: '0 1000 1' })
    expect(explain()?.refusal.reason).toContain('in a user namespace')
  })

  it('is the switch, by a word or by hand', () => {
    root.put(DISABLED, '1\n')
    expect(explain()).toEqual({
      errno: 'EPERM',
      refusal: {
        code: 'EREFUSED',
        reason: 'loading modules is switched off until the next boot (EPERM)',
        cure: 'reboot; something wrote 1 to modules_disabled',
        evidence: [{ file: `/${DISABLED}`, line: '1' }],
      },
    })
    root.put('proc/cmdline', 'quiet nomodule\n')
    expect(explain()?.refusal).toMatchObject({
      cure: 'boot without nomodule',
      evidence: [{ line: '1' }, { file: '/proc/cmdline', line: 'nomodule' }],
    })
  })

  it('is that signatures are enforced, which is asked before lockdown', () => {
    root.put(ENFORCED, 'Y\n').put('proc/cmdline', 'module.sig_enforce=1')
    root.lockdown('none [integrity] confidentiality')
    expect(explain()).toMatchObject({
      errno: 'EKEYREJECTED',
      refusal: {
        reason: 'the kernel loads only modules that are signed with its keys (EKEYREJECTED)',
        evidence: [
          { file: `/${ENFORCED}`, line: 'Y' },
          { file: '/proc/cmdline', line: 'module.sig_enforce=1' },
        ],
      },
    })
  })

  it('is lockdown, which lets signed ones in', () => {
    root.lockdown('none [integrity] confidentiality')
    expect(explain()).toMatchObject({
      errno: 'EPERM',
      refusal: {
        code: 'EREFUSED_LOCKDOWN',
        cures: [
          'sign the module with a key that the kernel trusts',
          "boot with Secure Boot off, unless the kernel's log names another cause",
        ],
      },
    })
  })
})
