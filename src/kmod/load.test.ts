import { readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { join, relative } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { PhysmemError } from '../base/errors.ts'
import { buildFolder } from '../linux/kmod-files.ts'
import { FakeRoot } from '../linux/testing/fake-root.ts'
import { asking } from '../refusal/testing/roots.ts'
import { loadKmod, type ModuleCalls, unloadKmod } from './load.ts'

const running = '6.1.0-56-amd64'
const EKEYREJECTED = 129
const ENFORCED = 'sys/module/module/parameters/sig_enforce'
const places = ['updates/dkms', 'updates', 'extra'].map((one) => `lib/modules/${running}/${one}`)

let root: FakeRoot
beforeEach(() => {
  root = asking(new FakeRoot().put('proc/modules', '').put(ENFORCED, 'N\n'))
  root.put('proc/sys/kernel/osrelease', `${running}\n`)
})
afterEach(() => {
  vi.unstubAllEnvs()
  root[Symbol.dispose]()
})

const ko = (release: string) => `\x7fELF\0vermagic=${release} SMP \0`

/** A kernel that answers so, and remembers what was asked. */
function kernel(answer: number) {
  const asked: string[] = []
  const calls: ModuleCalls = {
    moduleLoad: (fd, flags) => {
      asked.push(readFileSync(fd, 'latin1') + (flags === 0 ? '' : ` with flags ${flags}`))
      return answer
    },
    moduleUnload: (name) => {
      asked.push(name)
      return answer
    },
  }
  return { asked, calls }
}

function failure(work: () => unknown): PhysmemError {
  try {
    work()
  } catch (error) {
    return error as PhysmemError
  }
  throw new Error('it did not fail')
}

const refused = (answer: number, release = running) => {
  const file = root.put('physmem.ko', ko(release)).at('physmem.ko')
  const error = failure(() => loadKmod({ file, system: root.system, calls: kernel(-answer).calls }))
  return { reason: error.message.replace(`${file} cannot be loaded: `, ''), ...error.data, file }
}

describe('loadKmod', () => {
  it('loads what DKMS installed, or what was built, for this kernel', () => {
    const { asked, calls } = kernel(0)
    // Below /var for root, in the cache of anybody else: both of the fake tree.
    vi.stubEnv('XDG_CACHE_HOME', '/cache')
    const built = root.at(join(buildFolder(running), 'physmem.ko'))
    root.put(relative(root.path, built), `${ko(running)}built`)
    expect(loadKmod({ system: root.system, calls })).toBe(built)
    root.put(`${places[0]}/physmem.ko`, `${ko(running)}dkms`)
    expect(loadKmod({ system: root.system, calls })).toBe(root.at(`${places[0]}/physmem.ko`))
    expect(asked).toEqual([`${ko(running)}built`, `${ko(running)}dkms`])
  })

  it.each(['.zst', '.xz', '.gz'])('lets the kernel unpack what DKMS packed (%s)', (ending) => {
    const file = `${places[0]}/physmem.ko${ending}`
    root.put(file, 'packed')
    const { asked, calls } = kernel(0)
    expect(loadKmod({ system: root.system, calls })).toBe(root.at(file))
    expect(asked).toEqual(['packed with flags 4'])
  })

  it.each([
    ['EINVAL', 'this kernel does not unpack such a module itself (EINVAL)'],
    ['ENOTSUP', 'this kernel does not unpack such a module itself (ENOTSUP)'],
    ['ENOEXEC', 'what is compressed in it is not a module for this kernel (ENOEXEC)'],
  ] as const)('says what helps where the kernel cannot unpack it (%s)', (errno, reason) => {
    const file = root.put('physmem.ko.xz', 'packed').at('physmem.ko.xz')
    const { calls } = kernel(-constants.errno[errno])
    expect(failure(() => loadKmod({ file, system: root.system, calls }))).toMatchObject({
      message: `${file} cannot be loaded: ${reason}`,
      data: { cure: 'modprobe physmem' },
    })
  })

  it('does nothing when it is loaded', () => {
    const { asked, calls } = kernel(0)
    root.folder('sys/module/physmem')
    expect(loadKmod({ system: root.system, calls })).toBeUndefined()
    expect(asked).toEqual([])
  })

  it('says that it is not built', () => {
    const error = failure(() => loadKmod({ system: root.system, calls: kernel(0).calls }))
    expect(error).toMatchObject({
      code: 'EREFUSED_NO_KMOD',
      message: `the kernel module cannot be loaded: it is not built for kernel ${running}`,
      data: {
        cure: 'build it for this kernel: physmem kmod build; or give a file that was built elsewhere: physmem kmod load FILE',
      },
    })
  })

  it('says that a given file is not there', () => {
    const file = root.at('nothing.ko')
    const error = failure(() => loadKmod({ file, system: root.system, calls: kernel(0).calls }))
    expect(error).toMatchObject({
      name: 'RequestError',
      code: 'ENOPLACE',
      message: `${file} cannot be read: there is no such file`,
    })
  })

  it('says that a given file is a folder', () => {
    const file = root.folder('root').at('root')
    const error = failure(() => loadKmod({ file, system: root.system, calls: kernel(0).calls }))
    expect(error).toMatchObject({
      name: 'RequestError',
      code: 'ENOPLACE',
      message: `${file} cannot be read: it is a folder`,
    })
  })

  it('tells a module for another kernel', () => {
    expect(refused(constants.errno.ENOEXEC, '6.1.0-50-amd64')).toMatchObject({
      reason: `it was built for kernel 6.1.0-50-amd64, but ${running} runs (ENOEXEC)`,
      cure: 'build it for this kernel: physmem kmod build',
    })
    expect(refused(constants.errno.ENOEXEC).reason).toBe(
      `it was built for another kernel that is also named ${running} (ENOEXEC)`,
    )
    expect(refused(constants.errno.ENOENT).reason).toBe(
      'the kernel lacks a function that the module needs (ENOENT)',
    )
  })

  it('shows how a module is signed where the kernel demands it', () => {
    root.put(ENFORCED, 'Y\n')
    const { reason, cure, steps, file } = refused(EKEYREJECTED)
    expect(reason).toBe(
      'the kernel loads only modules that are signed with its keys (EKEYREJECTED)',
    )
    expect(cure).toBe('sign it with a key of your own, as below')
    expect(steps).toEqual([
      'openssl req -new -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=physmem/ -keyout MOK.key -outform DER -out MOK.der',
      'mokutil --import MOK.der, reboot, and choose "Enroll MOK"',
      `/lib/modules/${running}/build/scripts/sign-file sha256 MOK.key MOK.der ${file}`,
      'physmem kmod load',
    ])
  })

  it('does so under lockdown, and for a key that is none of its own', () => {
    expect(refused(EKEYREJECTED)).toMatchObject({
      reason: "the module's signature is not from a key that the kernel trusts (EKEYREJECTED)",
      steps: expect.arrayContaining(['physmem kmod load']),
    })
    root.lockdown('none [integrity] confidentiality')
    const { reason, cure, steps } = refused(constants.errno.EPERM)
    expect(reason).toContain('the kernel is locked down (integrity)')
    expect(cure).toMatch(/^sign it with a key of your own, as below; or /)
    expect(steps).toHaveLength(4)
  })

  it('says what else forbids it', () => {
    asking(root, { effective: '000001fffffeffff' })
    expect(refused(constants.errno.EPERM)).toMatchObject({
      reason: 'this process lacks the capability CAP_SYS_MODULE (EPERM)',
    })
    expect(refused(constants.errno.ENOMEM).reason).toBe('the kernel refused it (ENOMEM)')
  })
})

describe('unloadKmod', () => {
  const unload = (answer: number) => () => unloadKmod(root.system, kernel(-answer).calls)

  it('asks for the module by its name', () => {
    const { asked, calls } = kernel(0)
    unloadKmod(root.system, calls)
    expect(asked).toEqual(['physmem'])
  })

  it('names who uses it', () => {
    root.put('proc/7/stat', '7 (holder) S 1 1 1 0 -1 0 0\n').link('proc/7/fd/3', '/dev/physmem')
    root.put('proc/9/stat', '9 (mapper) S 1 1 1 0 -1 0 0\n')
    root.put('proc/9/maps', '7f00-7f01 rw-s 00000000 00:0e 11 anon_inode:[physmem-buffer]\n')
    root.put('proc/8/stat', '8 (other) S 1 1 1 0 -1 0 0\n').put('proc/8/maps', '\n')
    expect(failure(unload(constants.errno.EAGAIN))).toMatchObject({
      code: 'EINUSE',
      message:
        'the kernel module cannot be unloaded: it is in use by process 7 (holder), process 9 (mapper) (EAGAIN)',
      data: { cure: 'end the programs that have it open or mapped, or that own a buffer' },
    })
  })

  it('says that it is not loaded, or why the kernel refused', () => {
    expect(failure(unload(constants.errno.ENOENT)).message).toBe(
      'the kernel module cannot be unloaded: it is not loaded (ENOENT)',
    )
    asking(root, { effective: '000001fffffeffff' })
    expect(failure(unload(constants.errno.EPERM)).message).toBe(
      'the kernel module cannot be unloaded: this process lacks the capability CAP_SYS_MODULE (EPERM)',
    )
  })
})
