import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeRoot } from '../linux/testing/fake-root.ts'
import { buildKmod } from './build.ts'

const release = '6.1.0-56-amd64'
let root: FakeRoot
beforeEach(() => {
  root = new FakeRoot()
})
afterEach(() => root[Symbol.dispose]())

/** A build tree that does what a kernel's Makefile does, as far as it matters here. */
function headers(recipe: string): string {
  root.put('headers/Makefile', `modules:\n\t${recipe}\n`)
  return root.at('headers')
}

const build = (folder: string) =>
  buildKmod({ release, headers: folder, folder: root.at('out'), system: root.system })

describe('buildKmod', () => {
  it('builds a copy of the source, and leaves nothing but the module', async () => {
    const seen = 'ls $(M) > $(M)/physmem.ko'
    expect(await build(headers(seen))).toBe(root.at('out/physmem.ko'))
    expect(readdirSync(root.at('out'))).toEqual(['physmem.ko'])
    const names = readFileSync(root.at('out/physmem.ko'), 'utf8').split('\n')
    expect(names).toEqual(expect.arrayContaining(['Kbuild', 'main.c', 'physmem.h']))
    expect(names).not.toContain('dkms.conf')
  })

  it('puts it in the place of an older one only when it was built', async () => {
    root.put('out/physmem.ko', 'old')
    await expect(build(headers('false'))).rejects.toMatchObject({ code: 'EBUILD' })
    expect(readFileSync(root.at('out/physmem.ko'), 'utf8')).toBe('old')
    expect(readdirSync(root.at('out'))).toEqual(['physmem.ko'])
  })

  it.each([' ', '#', '$', ':'])('refuses a folder with %j, which make cannot take', async (one) => {
    const folder = root.at(`a${one}b`)
    await expect(
      buildKmod({ release, headers: headers('false'), folder, system: root.system }),
    ).rejects.toMatchObject({
      name: 'RequestError',
      code: 'EUSAGE',
      message: `the kernel module cannot be built in ${folder}: make cannot take a folder with "${one}" in its name`,
      data: { cure: 'physmem kmod build --output FOLDER' },
    })
    expect(existsSync(folder)).toBe(false)
  })

  it('takes a folder from where it is called, though make runs elsewhere', async () => {
    const folder = relative(process.cwd(), root.at('out'))
    const built = 'ls $(M) > $(M)/physmem.ko'
    const options = { release, headers: headers(built), folder, system: root.system }
    expect(await buildKmod(options)).toBe(root.at('out/physmem.ko'))
  })

  it('says what the compiler said', async () => {
    const failing = headers('@echo "main.c:3:1: error: expected an end" >&2; exit 1')
    await expect(build(failing)).rejects.toMatchObject({
      name: 'RefusedError',
      code: 'EBUILD',
      message: 'the kernel module cannot be built: make failed: main.c:3:1: error: expected an end',
      data: {
        cure: 'see what it printed: physmem kmod build --verbose',
        output: expect.stringContaining('error: expected an end'),
      },
    })
    await expect(build(headers('@exit 3'))).rejects.toThrow(/make failed: make: \*\*\* .*Error 3$/)
  })

  it.each([
    ['ID=debian', `apt install linux-headers-${release}`],
    ['ID=ubuntu\nID_LIKE=debian', `apt install linux-headers-${release}`],
    ['ID="rhel"\nID_LIKE="fedora"', `dnf install kernel-devel-${release}`],
    ['ID=arch', 'pacman -S linux-headers'],
    ['ID=home-made', `install the headers of kernel ${release}`],
  ])('says how to get missing headers (%s)', async (system, cure) => {
    root.put('etc/os-release', `NAME=x\n${system}\n`)
    const error = await buildKmod({ release, system: root.system }).catch((reason) => reason)
    expect(error).toMatchObject({
      code: 'EBUILD',
      message: `the kernel module cannot be built: the headers of kernel ${release} are not installed`,
      data: {
        cure: `${cure}, or give the kernel's build tree with --headers`,
        evidence: [{ file: root.at(`lib/modules/${release}/build`), line: 'does not exist' }],
      },
    })
    expect(existsSync(root.at('var'))).toBe(false)
  })

  it.each(['6.12.1', '5.10.0-1-arm64'])(
    'refuses the headers of another kernel (%s)',
    async (other) => {
      const folder = headers('touch $(M)/physmem.ko')
      // Debian's has the version without the package's.
      root.put('headers/include/config/kernel.release', '6.1.192\n')
      const header = 'headers/include/generated/utsrelease.h'
      root.put(header, `#define UTS_RELEASE "${other}"\n`)
      await expect(build(folder)).rejects.toMatchObject({
        name: 'RefusedError',
        code: 'EBUILD',
        message: `the kernel module cannot be built: ${folder} is the build tree of kernel ${other}, but the module was to be built for ${release}`,
        data: {
          cure: `give the headers of kernel ${release}, or build for the other: physmem kmod build --kernel ${other} --headers ${folder}`,
          evidence: [{ file: root.at(header), line: other }],
        },
      })
      expect(existsSync(root.at('out'))).toBe(false)
      root.put(header, `#define UTS_RELEASE "${release}"\n`)
      expect(await build(folder)).toBe(root.at('out/physmem.ko'))
    },
  )

  it('believes the module where the headers do not tell', async () => {
    const ko = (own: string) => headers(`printf '\\177ELF\\0vermagic=${own} SMP' > $(M)/physmem.ko`)
    const folder = ko('6.12.1')
    await expect(build(folder)).rejects.toThrow(
      `the kernel module cannot be built: ${folder} is the build tree of kernel 6.12.1, but the module was to be built for ${release}`,
    )
    expect(readdirSync(root.at('out'))).toEqual([])
    expect(await build(ko(release))).toBe(root.at('out/physmem.ko'))
  })

  it.each([
    ['nowhere', 'does not exist'],
    ['text/below', 'does not exist'],
    ['empty', 'is not a build tree of a kernel: it has no Makefile'],
    ['text', 'is a file, expected a folder'],
  ])('says what is wrong with headers that were given (%s)', async (name, fault) => {
    const folder = root.folder('empty').put('text', '').at(name)
    await expect(build(folder)).rejects.toMatchObject({
      name: 'RequestError',
      code: 'ENOPLACE',
      message: `the kernel module cannot be built: ${folder} ${fault}`,
      data: {
        cure: `give the headers or the build tree of kernel ${release}, such as /lib/modules/${release}/build`,
      },
    })
  })

  it.each(['../../x', '..', '', 'a b', '6.1/x'])('takes %j for no release', async (other) => {
    await expect(buildKmod({ release: other, system: root.system })).rejects.toMatchObject({
      name: 'RequestError',
      code: 'ESYNTAX',
      message: `${JSON.stringify(other)} is not the release of a kernel: expected what uname -r prints, such as 6.1.0-56-amd64`,
    })
  })

  it('says that the folder is a file, or the file a folder', async () => {
    const marks = 'touch $(M)/../../compiled; false'
    const file = root.put('out', '').at('out')
    await expect(build(headers(marks))).rejects.toMatchObject({
      name: 'RequestError',
      code: 'EUSAGE',
      message: `the kernel module cannot be built: ${file} is a file, expected a folder`,
    })
    const folder = root.folder('other/physmem.ko').at('other')
    const options = { release, headers: headers(marks), folder, system: root.system }
    await expect(buildKmod(options)).rejects.toMatchObject({
      name: 'RequestError',
      code: 'EUSAGE',
      message: `the kernel module cannot be built: ${folder}/physmem.ko is a folder, expected a file`,
    })
    expect(existsSync(root.at('compiled'))).toBe(false)
  })

  it.each([
    ['/proc/x/y', '/proc/x/y', 'ENOENT'],
    ['below a file', undefined, 'ENOTDIR'],
  ])('says at once that the folder cannot be made (%s)', async (_, given, errno) => {
    const folder = given ?? root.put('text', '').at('text/x')
    const options = {
      release,
      headers: headers('touch $(M)/../compiled'),
      folder,
      system: root.system,
    }
    await expect(buildKmod(options)).rejects.toMatchObject({
      name: 'RefusedError',
      code: 'EBUILD',
      message: `the kernel module cannot be built: ${folder} cannot be created or written (${errno})`,
      data: { cure: 'give another folder: physmem kmod build --output FOLDER', errno },
    })
  })
})
