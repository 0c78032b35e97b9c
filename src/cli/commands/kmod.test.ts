import { rmSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeRoot } from '../../linux/testing/fake-root.ts'
import { asking } from '../../refusal/testing/roots.ts'
import { run } from '../testing/run.ts'

const release = '6.1.0-56-amd64'
let root: FakeRoot
beforeEach(() => {
  root = asking(new FakeRoot().put('proc/modules', ''))
  root.put('proc/sys/kernel/osrelease', `${release}\n`).put('etc/os-release', 'ID=debian\n')
})
afterEach(() => root[Symbol.dispose]())

const kmod = (line: string) => run(`kmod ${line}`, { root: root.path })
const rows = async () =>
  Object.fromEntries(
    (await kmod('status')).out.split('\n').map((line) => [line.slice(0, 9).trim(), line.slice(9)]),
  )

describe('kmod status', () => {
  it('says what there is, and what comes next', async () => {
    expect(await rows()).toMatchObject({
      module: 'not loaded',
      kernel: release,
      headers: 'not installed',
      built: 'not for this kernel',
      source: expect.stringMatching(/\/kmod$/),
      loading: 'nothing forbids it',
      next: `apt install linux-headers-${release} && physmem kmod build`,
    })
    const headers = `lib/modules/${release}/build`
    const file = `lib/modules/${release}/extra/physmem.ko`
    root.put(`${headers}/Makefile`, '')
    expect((await rows()).next).toBe('physmem kmod build')
    root.put(file, `\x7fELF\0vermagic=${release} \0`)
    expect(await rows()).toMatchObject({
      headers: root.at(headers),
      built: root.at(file),
      next: 'physmem kmod load',
    })
  })

  it('says why a module without a signature would not be loaded', async () => {
    root.put(`lib/modules/${release}/extra/physmem.ko`, `\x7fELF\0vermagic=${release} \0`)
    root.put('sys/module/module/parameters/sig_enforce', 'Y\n')
    expect(await rows()).toMatchObject({
      loading: 'the kernel loads only modules that are signed with its keys (EKEYREJECTED)',
      next: 'sign the module with a key that the kernel trusts, or boot without module.sig_enforce',
    })
  })

  it('has no next step but another kernel where this one takes no modules', async () => {
    rmSync(root.at('proc/modules'))
    expect(await rows()).toMatchObject({
      built: 'not for this kernel',
      loading: 'the kernel was built without CONFIG_MODULES (ENOSYS)',
      next: 'use a kernel with CONFIG_MODULES=y',
    })
  })

  it('has in JSON what there is', async () => {
    expect(JSON.parse((await kmod('status --json')).out)).toEqual({
      command: 'kmod',
      release,
      loaded: false,
      signed: false,
      source: expect.stringMatching(/\/kmod$/),
      next: `apt install linux-headers-${release} && physmem kmod build`,
    })
    root.put('sys/module/physmem/refcnt', '0\n')
    root.put('sys/module/module/parameters/sig_enforce', 'Y\n')
    expect(JSON.parse((await kmod('status --json')).out)).toMatchObject({
      users: 0,
      deviceError: expect.stringContaining('/dev/physmem cannot be opened'),
      refusal: 'the kernel loads only modules that are signed with its keys (EKEYREJECTED)',
    })
  })

  it('says how a loaded one is used, and whether its device works', async () => {
    root.put('sys/module/physmem/refcnt', '2\n')
    expect(await rows()).toMatchObject({
      module: 'loaded, used 2 times',
      device: expect.stringMatching(/^\/.*\/dev\/physmem cannot be opened for reading: /),
    })
    expect((await kmod('status -q')).out).toBe('loaded\n')
    expect(JSON.parse((await kmod('status --json')).out)).toMatchObject({
      command: 'kmod',
      release,
      loaded: true,
      users: 2,
    })
  })
})

describe('kmod build', () => {
  it('prints the file that it made', async () => {
    root.put('headers/Makefile', 'modules:\n\t@echo building; touch $(M)/physmem.ko\n')
    const line = `build --headers ${root.at('headers')} --output ${root.at('out')}`
    const file = root.at('out/physmem.ko')
    expect(await kmod(line)).toEqual({
      code: 0,
      out: `${file} is built for kernel ${release}\n`,
      err: '',
    })
    expect(await kmod(`${line} -q --kernel 6.12.1`)).toEqual({ code: 0, out: `${file}\n`, err: '' })
    expect((await kmod(`${line} --verbose`)).err).toContain('building\n')
  })

  it('refuses the headers of another kernel, and builds for that when asked to', async () => {
    root.put('headers/Makefile', 'modules:\n\t@touch $(M)/physmem.ko\n')
    root.put('headers/include/generated/utsrelease.h', '#define UTS_RELEASE "6.12.1"\n')
    const line = `build --headers ${root.at('headers')} --output ${root.at('out')}`
    expect(await kmod(line)).toEqual({
      code: 1,
      out: '',
      err:
        `physmem: the kernel module cannot be built: ${root.at('headers')} is the build tree of kernel 6.12.1, but the module was to be built for ${release}\n` +
        `  cure: give the headers of kernel ${release}, or build for the other: physmem kmod build --kernel 6.12.1 --headers ${root.at('headers')}\n`,
    })
    expect((await kmod(`${line} --kernel 6.12.1`)).out).toBe(
      `${root.at('out/physmem.ko')} is built for kernel 6.12.1\n`,
    )
  })

  it('refuses what is not a release and no folder', async () => {
    root.put('headers/Makefile', 'modules:\n').put('file', '')
    expect(await kmod('build --kernel ../../x')).toEqual({
      code: 2,
      out: '',
      err: 'physmem: "../../x" is not the release of a kernel: expected what uname -r prints, such as 6.1.0-56-amd64\n',
    })
    expect(await kmod(`build --headers ${root.at('headers')} -o ${root.at('file')}`)).toEqual({
      code: 2,
      out: '',
      err:
        `physmem: the kernel module cannot be built: ${root.at('file')} is a file, expected a folder\n` +
        '  hint: physmem kmod build --output FOLDER\n',
    })
    expect(await kmod(`build --headers ${root.path}`)).toEqual({
      code: 2,
      out: '',
      err:
        `physmem: the kernel module cannot be built: ${root.path} is not a build tree of a kernel: it has no Makefile\n` +
        `  hint: give the headers or the build tree of kernel ${release}, such as /lib/modules/${release}/build\n`,
    })
  })

  it('says which package has the headers', async () => {
    expect(await kmod('build')).toEqual({
      code: 1,
      out: '',
      err:
        `physmem: the kernel module cannot be built: the headers of kernel ${release} are not installed\n` +
        `  cure: apt install linux-headers-${release}, or give the kernel's build tree with --headers\n`,
    })
  })
})

describe('kmod load and unload', () => {
  it('says that it is loaded already', async () => {
    root.folder('sys/module/physmem')
    expect(await kmod('load')).toEqual({
      code: 0,
      out: '',
      err: 'physmem: the kernel module is loaded already\n',
    })
  })

  it('says that it is not built', async () => {
    expect(await kmod('load')).toEqual({
      code: 1,
      out: '',
      err:
        `physmem: the kernel module cannot be loaded: it is not built for kernel ${release}\n` +
        '  cure: build it for this kernel: physmem kmod build; or give a file that was built elsewhere: physmem kmod load FILE\n',
    })
  })
})

it.each([
  ['status physmem.ko', 'status takes no file: only load does'],
  ['unload --output /tmp', '--output belongs to build, not to unload'],
  ['install', '"install" is not an action: expected status, build, load or unload'],
])('kmod %s is refused', async (line, message) => {
  const { code, out, err } = await kmod(line)
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(err).toContain(message)
})
