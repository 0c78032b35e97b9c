import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseRegmapAccess } from '../linux/regmap.ts'
import { FakeRoot } from '../linux/testing/fake-root.ts'
import { explainRegmapOpen, explainRegmapRegister } from './regmap.ts'
import { asking, built, CONFIG_FILE } from './testing/roots.ts'
import { worded } from './testing/worded.ts'

let root: FakeRoot
beforeEach(() => {
  root = asking(new FakeRoot())
})
afterEach(() => root[Symbol.dispose]())

const opening = (errno: string, name?: string) =>
  worded(explainRegmapOpen(errno, name, root.system))

describe('a regmap that is not there', () => {
  it('is another one, or one of those that there are', () => {
    root.folder('sys/kernel/debug/regmap/1-0048').folder('sys/kernel/debug/regmap/dummy0')
    expect(opening('ENOENT', '1-0049')).toEqual({
      code: 'ENOPLACE',
      reason: 'there is no such regmap, but 1-0048 (ENOENT)',
    })
    expect(opening('ENOENT', 'spi0.0')).toEqual({
      code: 'ENOPLACE',
      reason: 'there is no such regmap, but 1-0048, dummy0 (ENOENT)',
    })
    for (let index = 1; index < 9; index++) root.folder(`sys/kernel/debug/regmap/dummy${index}`)
    expect(opening('ENOENT', 'spi0.0').reason).toBe(
      'there is no such regmap, but 1-0048, dummy0, dummy1, dummy2, dummy3, dummy4, dummy5, dummy6, … (10) (ENOENT)',
    )
  })

  it('may show no registers', () => {
    root.folder('sys/kernel/debug/regmap/1-0048')
    expect(opening('ENOENT', '1-0048')).toEqual({
      code: 'ENOPLACE',
      reason: 'its driver reports no registers (ENOENT)',
    })
  })

  it('is none where no driver has one, or the kernel knows of none', () => {
    root.folder('sys/kernel/debug/regmap')
    expect(opening('ENOENT')).toEqual({
      code: 'ENOPLACE',
      reason: 'no driver of this machine has a regmap (ENOENT)',
    })
    using other = built(asking(new FakeRoot()), '# CONFIG_REGMAP is not set\nCONFIG_A=y\n')
    other.folder('sys/kernel/debug/bdi')
    expect(explainRegmapOpen('ENOENT', undefined, other.system)).toEqual({
      code: 'EREFUSED',
      reason: 'the kernel was built without CONFIG_REGMAP (ENOENT)',
      evidence: [{ file: CONFIG_FILE, line: '# CONFIG_REGMAP is not set' }],
    })
  })
})

describe('debugfs that is not there', () => {
  it('is not mounted', () => {
    root.folder('sys/kernel/debug')
    expect(opening('ENOENT', '1-0048')).toEqual({
      code: 'EREFUSED',
      reason: 'debugfs is not mounted at /sys/kernel/debug (ENOENT)',
      cure: 'mount it: mount -t debugfs none /sys/kernel/debug',
    })
  })

  it('is not in this kernel', () => {
    built(root, '# CONFIG_DEBUG_FS is not set\nCONFIG_A=y\n')
    expect(opening('ENOENT', '1-0048')).toEqual({
      code: 'EREFUSED',
      reason: 'the kernel was built without CONFIG_DEBUG_FS (ENOENT)',
      cure: 'use a kernel with CONFIG_DEBUG_FS=y',
      evidence: [{ file: CONFIG_FILE, line: '# CONFIG_DEBUG_FS is not set' }],
    })
  })

  it('is switched off', () => {
    root.put('proc/cmdline', 'quiet debugfs=no-mount\n')
    expect(opening('ENOENT', '1-0048')).toEqual({
      code: 'EREFUSED',
      reason: "debugfs is switched off, as the kernel's command line asks (ENOENT)",
      cure: 'boot without debugfs=no-mount',
      evidence: [{ file: '/proc/cmdline', line: 'debugfs=no-mount' }],
    })
    built(root, 'CONFIG_DEBUG_FS=y\nCONFIG_DEBUG_FS_ALLOW_NONE=y\n').put('proc/cmdline', 'quiet\n')
    expect(opening('ENOENT', '1-0048')).toEqual({
      code: 'EREFUSED',
      reason: 'debugfs is switched off, as the kernel was built (ENOENT)',
      cure: 'boot with debugfs=on',
      evidence: [{ file: CONFIG_FILE, line: 'CONFIG_DEBUG_FS_ALLOW_NONE=y' }],
    })
    root.put('proc/cmdline', 'debugfs=on\n')
    expect(opening('ENOENT').reason).toBe('debugfs is not mounted at /sys/kernel/debug (ENOENT)')
  })
})

describe('debugfs that is closed', () => {
  it('is root’s alone', () => {
    asking(root, { uid: 1000, effective: '0000000000000000' })
    expect(opening('EACCES', '1-0048')).toEqual({
      code: 'EPERMISSION',
      reason: 'its permissions do not allow it (EACCES)',
      cure: 'run it as root',
      evidence: [{ file: '/proc/self/status', line: 'Uid:\t1000\t1000\t1000\t1000' }],
    })
  })

  it('is that of a kernel that is locked down, whose file could be written', () => {
    root.lockdown('none integrity [confidentiality]')
    expect(opening('EPERM', '1-0048')).toMatchObject({
      code: 'EREFUSED_LOCKDOWN',
      reason: 'the kernel is locked down (confidentiality), most likely by Secure Boot (EPERM)',
    })
    root.lockdown('[none] integrity confidentiality')
    expect(opening('EPERM', '1-0048')).toEqual({
      code: 'EPERMISSION',
      reason: 'the kernel does not permit it (EPERM)',
    })
  })
})

describe('a register that is not shown', () => {
  const map = {
    driver: undefined,
    shown: [],
    ...(parseRegmapAccess('00: y n y y\n04: n y n n\n1c: y n y n\n') ?? {
      registers: [],
      digits: 2,
    }),
  }

  it.each([
    [
      0,
      'EREFUSED',
      'its driver calls it precious, since a read has an effect: the kernel reads it for nobody',
    ],
    [4, 'EREFUSED', 'its driver does not allow reading it'],
    [5, 'ENOPLACE', 'its driver has no such register, but 3 registers from 0x0 to 0x1c'],
  ])('%d', (number, code, reason) => {
    expect(explainRegmapRegister(number, map)).toEqual({ code, reason })
  })
})
