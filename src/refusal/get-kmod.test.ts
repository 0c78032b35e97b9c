import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeRoot } from '../linux/testing/fake-root.ts'
import { wordCure } from '../wording/cure.ts'
import { buildKmodLine, withKmod } from './get-kmod.ts'
import { asking, built } from './testing/roots.ts'
import { worded } from './testing/worded.ts'

const release = '6.12.48-amd64'
const others = ['boot with nopat'] as const

let root: FakeRoot
beforeEach(() => {
  root = built(asking(new FakeRoot().put('proc/modules', '')))
})
afterEach(() => root[Symbol.dispose]())

const cures = () => worded(withKmod(root.system, others))
const line = () => wordCure(buildKmodLine(release, root.system))

describe('the way to the kernel module, for who is refused what it would give', () => {
  it('begins with the headers where they are missing', () => {
    expect(cures()).toEqual({
      cure: `install the headers of kernel ${release}, then build and load the module: physmem kmod build && physmem kmod load; or boot with nopat`,
      cures: [
        `install the headers of kernel ${release}, then build and load the module: physmem kmod build && physmem kmod load`,
        'boot with nopat',
      ],
    })
    expect(line()).toBe(`install the headers of kernel ${release}, then physmem kmod build`)
  })

  it.each([
    ['debian', `apt install linux-headers-${release}`],
    ['fedora', `dnf install kernel-devel-${release}`],
  ])('has the command line of a distribution (%s)', (id, install) => {
    root.put('etc/os-release', `ID=${id}\n`)
    expect(cures().cure).toBe(
      `build and load the module, for which the headers of kernel ${release} are missing: ${install} && physmem kmod build && physmem kmod load; or boot with nopat`,
    )
    expect(line()).toBe(`${install} && physmem kmod build`)
  })

  it('is building and loading where the headers are there, and loading where it is built', () => {
    root.put(`lib/modules/${release}/build/Makefile`, '')
    expect(cures().cure).toBe(
      'build and load the module: physmem kmod build && physmem kmod load; or boot with nopat',
    )
    expect(line()).toBe('physmem kmod build')
    root.put(`lib/modules/${release}/updates/dkms/physmem.ko.xz`, '')
    expect(cures().cure).toBe(
      'load the module, which is built: physmem kmod load; or boot with nopat',
    )
  })

  it('says that it must be signed', () => {
    root.put(`lib/modules/${release}/build/Makefile`, '')
    root.put('sys/module/module/parameters/sig_enforce', 'Y\n')
    expect(cures().cure).toBe(
      'build and load the module: physmem kmod build && physmem kmod load, which says how to sign it: the kernel loads only modules that are signed with its keys (EKEYREJECTED); or boot with nopat',
    )
  })

  it('says that a kernel without modules takes none', () => {
    using bare = asking(built(new FakeRoot(), 'CONFIG_X=y\n# CONFIG_MODULES is not set\n'))
    expect(withKmod(bare.system, ['boot with nopat', 'take another kernel'])).toEqual({
      cure: 'boot with nopat, or take another kernel; the module of physmem would do, but cannot be loaded: the kernel was built without CONFIG_MODULES (ENOSYS)',
      cures: [
        'boot with nopat',
        'take another kernel; the module of physmem would do, but cannot be loaded: the kernel was built without CONFIG_MODULES (ENOSYS)',
      ],
    })
  })

  it('is not shown where it leads nowhere: under lockdown, and where the module is loaded', () => {
    root.lockdown('none [integrity] confidentiality')
    expect(cures()).toEqual({ cure: 'boot with nopat', cures: others })
    root.lockdown('[none] integrity confidentiality').folder('sys/module/physmem')
    expect(cures()).toEqual({ cure: 'boot with nopat', cures: others })
  })
})
